"""The usual attacks on a desk at work: nobody gets in, nothing is read or written elsewhere, nothing falls over."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Browser, expect
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.desk.served import CASE, PATIENCE, Served, alive, awaited
from tests.desk.windows import Window

pytestmark = pytest.mark.slow
SCRIPT = "<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">"

# What a page of elsewhere tries: to read the desk, to speak to it over its websocket, to frame it.
STRANGER = """async address => {
  const frame = document.createElement("iframe");
  const loaded = new Promise(done => { frame.onload = done; frame.onerror = done; });
  frame.src = address;
  document.body.append(frame);
  const read = fetch(address, {credentials: "include"}).then(() => "read", () => "refused");
  const spoken = new Promise(done => {
    const path = "/_nicegui_ws/socket.io/?EIO=4&transport=websocket";
    const socket = new WebSocket(address.replace("http", "ws") + path);
    socket.onopen = () => done("open");
    socket.onerror = () => done("refused");
  });
  await loaded;
  return Promise.all([read, spoken]);
}"""


@pytest.fixture
def inside(desk: Served) -> Iterator[httpx.Client]:
    """Whoever has come in with the token, with no browser's manners."""
    with httpx.Client(timeout=PATIENCE, headers={"origin": desk.origin}) as client:
        assert client.get(desk.address).status_code == 303
        yield client


@pytest.mark.parametrize(
    "path", ["/", "/?token=", "/?token=guess", "/desk/vega.js", "/_nicegui_ws/socket.io/?EIO=4&transport=polling"]
)
def test_without_the_token_no_path_answers(desk: Served, path: str) -> None:
    answer = httpx.get(desk.origin + path, timeout=PATIENCE)
    assert answer.status_code == 403
    assert desk.token not in answer.text + str(answer.headers)


@pytest.mark.parametrize("host", ["attacker.example", "attacker.example:{port}", "localhost:{port}", "127.0.0.1:1"])
def test_a_name_that_resolves_to_this_machine_is_refused(desk: Served, inside: httpx.Client, host: str) -> None:
    answer = inside.get(desk.origin, headers={"host": host.format(port=desk.port)})
    assert answer.status_code == 421


@pytest.mark.parametrize("origin", ["http://attacker.example", "null", "http://127.0.0.1:1"])
def test_a_foreign_page_gets_nothing(desk: Served, inside: httpx.Client, origin: str) -> None:
    for path in ("/", "/_nicegui_ws/socket.io/?EIO=4&transport=polling"):
        answer = inside.get(desk.origin + path, headers={"origin": origin})
        assert answer.status_code == 403
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    ("origin", "with_cookie"), [("{own}", False), ("http://attacker.example", True), (None, True), ("null", True)]
)
def test_a_foreign_websocket_is_not_opened(
    desk: Served, inside: httpx.Client, origin: str | None, with_cookie: bool
) -> None:
    cookie = "; ".join(f"{name}={value}" for name, value in inside.cookies.items()) if with_cookie else ""
    where = f"ws://127.0.0.1:{desk.port}/_nicegui_ws/socket.io/?EIO=4&transport=websocket"

    async def knock() -> None:
        said: Any = None if origin is None else origin.format(own=desk.origin)
        async with connect(where, origin=said, additional_headers={"cookie": cookie}, open_timeout=PATIENCE):
            pass

    with pytest.raises(InvalidStatus) as refused:
        awaited(knock())
    assert refused.value.response.status_code == 403


def test_it_answers_on_the_loopback_interface_alone(desk: Served) -> None:
    addresses = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    for address in addresses - {"127.0.0.1"}:
        with socket.socket() as knocking:
            knocking.settimeout(5)
            assert knocking.connect_ex((str(address), desk.port)) != 0


@pytest.mark.parametrize(
    "path",
    [
        "/../../../../etc/passwd",
        "/..%2f..%2f..%2fetc/passwd",
        "/_nicegui/3/static/..%2f..%2f..%2f..%2fetc/passwd",
        "/%00",
        "/%ff%fe",
        "//attacker.example/",
        "/?state=%00%ff",
        "/?state=" + "9" * 5_000,
        "/?state=1.AAAA&state=2.BBBB",
        "/?%%%",
        "/" + "a/" * 4_000,
    ],
)
def test_a_malformed_address_is_answered_and_no_more(desk: Served, inside: httpx.Client, path: str) -> None:
    answer = inside.get(desk.origin + path)
    assert answer.status_code in (200, 400, 403, 404)
    assert "root:" not in answer.text
    assert "Traceback" not in answer.text
    assert "location" not in answer.headers or answer.headers["location"].startswith("/")
    assert inside.get(desk.origin).status_code == 200, "it lives"


def test_what_is_no_http_does_not_stop_it(desk: Served, inside: httpx.Client) -> None:
    for said in (b"\x16\x03\x01\x00\xff" * 50, b"GET / HTTP/9.9\r\n\r\n", b"GET " + b"a" * 200_000, b"\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", desk.port), timeout=PATIENCE) as raw:
            raw.sendall(said)
    assert inside.get(desk.origin).status_code == 200


def test_fifty_megabytes_are_not_taken(desk: Served, inside: httpx.Client) -> None:
    for path in ("/", "/_nicegui_ws/socket.io/?EIO=4&transport=polling", "/_nicegui/client/1/upload/1"):
        try:
            answer = inside.post(desk.origin + path, content=b"x" * 50_000_000)
        except httpx.TransportError:
            continue  # it hung up while it was still being sent to
        assert answer.status_code == 413
    assert inside.get(desk.origin).status_code == 200


def test_a_large_file_is_refused_by_the_page_in_a_sentence(window: Window, tmp_path: Path) -> None:
    file = tmp_path / "large.yaml"
    file.write_bytes(b"# " + b"x" * 50_000_000)
    window.page.locator("input[type=file]").set_input_files(file)
    expect(window.note("200,000")).to_be_visible()


def test_a_bomb_is_refused_by_the_page_in_a_sentence(window: Window, tmp_path: Path) -> None:
    file = tmp_path / "bomb.yaml"
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    file.write_text("\n".join(lines), "utf-8")
    window.page.locator("input[type=file]").set_input_files(file)
    expect(window.note("bomb.yaml")).to_be_visible()
    expect(window.page.get_by_text("Nothing differs from the plan.")).to_be_visible()


def test_words_of_an_opened_file_are_shown_and_never_run(window: Window, tmp_path: Path) -> None:
    file = tmp_path / "idea.yaml"
    said = SCRIPT.replace("'", "''")
    file.write_text(
        f"title: '{said}'\nauthor: '{said}'\nextends: full_plan\nlevers: {{shop_rent.months: 6}}\n", "utf-8"
    )
    window.page.locator("input[type=file]").set_input_files(file)
    expect(window.page.get_by_role("tab", name="idea")).to_be_visible()
    window.settled()
    expect(window.page.locator("table.headline thead")).to_contain_text(SCRIPT)
    window.page.get_by_label("Compared with").click()
    window.page.keyboard.press("Escape")
    assert window.page.title() == "The planner's desk"
    assert window.page.locator("img[src=x]").count() == 0


@pytest.mark.parametrize("name", [SCRIPT, "../../away", "a/b", "con", "x" * 500])
def test_a_name_that_no_file_should_have_is_refused(window: Window, name: str) -> None:
    field = window.page.get_by_label("Name", exact=True)
    field.evaluate("(field, name) => { field.removeAttribute('maxlength'); }", name)
    field.fill(name)
    window.page.keyboard.press("Enter")
    expect(window.page.locator(".q-notification").first).to_be_visible()
    assert window.page.title() == "The planner's desk"
    assert window.page.locator("img[src=x]").count() == 0


@pytest.mark.parametrize("state", ["1.AAAA", "7.AAAA", "x", "1." + "A" * 3_000, quote(SCRIPT)])
def test_a_link_that_cannot_be_read_is_told_and_leaves_the_plan(browser: Browser, desk: Served, state: str) -> None:
    window = Window(browser, desk, path=f"/?state={state}")
    expect(window.page.locator(".q-notification")).to_be_visible()
    expect(window.page.get_by_text("Nothing differs from the plan.")).to_be_visible()
    assert window.page.title() == "The planner's desk"
    window.close()


def test_a_page_of_elsewhere_can_neither_frame_nor_call_the_desk(browser: Browser, desk: Served) -> None:
    """In a browser that has been let in: a page of another port of this machine is the same site to its cookies."""
    window = Window(browser, desk)
    page = window.context.new_page()
    stranger = "http://127.0.0.1:9"
    page.route(f"{stranger}/**", lambda route: route.fulfill(content_type="text/html", body="<p>elsewhere"))
    page.goto(stranger)
    answers = page.evaluate(STRANGER, desk.origin)
    assert answers == ["refused", "refused"]
    page.wait_for_timeout(1_000)
    assert [frame.url for frame in page.frames if frame.url.startswith(desk.origin)] == []
    assert page.frame_locator("iframe").locator(".desk").count() == 0
    window.close()


def test_a_port_in_use_is_one_sentence(desk: Served, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=f"Port {desk.port} is in use"):
        Served(tmp_path, "--port", str(desk.port), "--lang", "en")


def test_nothing_is_left_where_it_was_started_but_what_was_exported(desk: Served) -> None:
    assert {path.name for path in desk.folder.iterdir()} <= {"results"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_it_stops_its_workers(tmp_path: Path, number: signal.Signals) -> None:
    served = Served(tmp_path, "--case", str(CASE), "--firms", "400", "--workers", "2", "--lang", "en")
    with httpx.Client(timeout=PATIENCE) as client:
        client.get(served.address)
        assert client.get(served.origin).status_code == 200
    family = served.family()
    assert served.stop(number) == 128 + number
    assert not alive(family)
    assert any("workers have ended" in line for line in served.said)
