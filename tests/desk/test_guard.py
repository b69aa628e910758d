"""Nobody else gets in: what the guard lets through to an application, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from sim.desk.guard import LARGEST_BODY, LONGEST_ADDRESS, TOKEN_BYTES, Guard, new_token
from tests.desk.served import awaited

PORT, TOKEN = 8123, "a-token-of-the-test"
OWN = f"127.0.0.1:{PORT}"
COOKIE = ("cookie", f"shukun_desk_{PORT}={TOKEN}")
Headers = Iterable[tuple[str, str]]


class Inner:
    """An application that counts who came in, reads the body, and would let everybody in from everywhere."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.taken = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.calls.append(scope["path"])
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
            return
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return
            self.taken += len(message.get("body", b""))
            if not message.get("more_body"):
                break
        headers = [(b"content-type", b"text/html"), (b"access-control-allow-origin", b"*")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"inside"})


class Asked:
    """A request through the guard, and what came of it."""

    def __init__(
        self,
        path: str = "/",
        headers: Headers = (("host", OWN), COOKIE),
        method: str = "GET",
        kind: str = "http",
        body: Iterable[bytes] = (b"",),
    ) -> None:
        self.inner, self.sent = Inner(), list[dict[str, Any]]()
        route, _, query = path.partition("?")
        scope: dict[str, Any] = {
            "type": kind,
            "path": route,
            "raw_path": route.encode(),
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode("utf-8", "surrogateescape")) for name, value in headers],
        }
        if kind == "http":
            scope["method"] = method
        parts = list(body)
        messages = [
            {"type": "http.request", "body": part, "more_body": at < len(parts) - 1} for at, part in enumerate(parts)
        ]

        async def receive() -> dict[str, Any]:
            return messages.pop(0) if messages else {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            self.sent.append(message)

        awaited(Guard(self.inner, PORT, TOKEN)(scope, receive, send))

    @property
    def status(self) -> int:
        [start] = [message for message in self.sent if message["type"] == "http.response.start"]
        return int(start["status"])

    @property
    def headers(self) -> dict[str, str]:
        [start] = [message for message in self.sent if message["type"] == "http.response.start"]
        return {name.decode().lower(): value.decode() for name, value in start["headers"]}

    @property
    def text(self) -> str:
        return b"".join(m.get("body", b"") for m in self.sent if m["type"] == "http.response.body").decode()

    @property
    def is_in(self) -> bool:
        return bool(self.inner.calls)


def test_who_has_the_cookie_comes_in() -> None:
    asked = Asked()
    assert asked.is_in
    assert (asked.status, asked.text) == (200, "inside")


def test_the_token_of_the_address_is_exchanged_for_a_cookie_that_no_script_reads() -> None:
    asked = Asked(f"/?state=1.abc&token={TOKEN}", [("host", OWN)])
    assert not asked.is_in
    assert asked.status == 303
    assert asked.headers["location"] == "/?state=1.abc", "the token does not stay in the address"
    cookie = asked.headers["set-cookie"].lower()
    assert cookie.startswith(f"shukun_desk_{PORT}={TOKEN}".lower())
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


@pytest.mark.parametrize(
    ("path", "cookie"),
    [
        ("/", None),
        ("/?token=", None),
        ("/?token=wrong", None),
        (f"/?token={TOKEN}x", None),
        (f"/?token={TOKEN[:-1]}", None),
        (f"/?TOKEN={TOKEN}", None),
        ("/?token=%FF%FE", None),
        ("/?" + "&".join(f"a{n}=1" for n in range(50)) + f"&token={TOKEN}", None),
        ("/", f"shukun_desk_{PORT}=wrong"),
        ("/", f"shukun_desk_{PORT + 1}={TOKEN}"),
        ("/", f"shukun_desk_{PORT}=\xff\xfe"),
        ("/", ";;;=;\x00"),
        ("/_nicegui/anything", None),
        ("/desk/vega.js", None),
    ],
)
def test_without_the_token_nobody_comes_in(path: str, cookie: str | None) -> None:
    asked = Asked(path, [("host", OWN), *([("cookie", cookie)] if cookie is not None else [])])
    assert not asked.is_in
    assert asked.status == 403
    assert "token" in asked.text
    assert TOKEN not in asked.text


@pytest.mark.parametrize(
    "hosts",
    [
        [],
        ["attacker.example"],
        [f"attacker.example:{PORT}"],
        [f"localhost:{PORT}"],
        ["127.0.0.1"],
        [f"127.0.0.1:{PORT + 1}"],
        [f"0.0.0.0:{PORT}"],
        [f"[::1]:{PORT}"],
        [f"{OWN}.attacker.example"],
        [OWN, "attacker.example"],
        ["attacker.example", OWN],
        [f"{OWN}\n"],
    ],
)
def test_another_host_is_refused_even_with_the_cookie(hosts: list[str]) -> None:
    asked = Asked(headers=[*(("host", host) for host in hosts), COOKIE])
    assert not asked.is_in
    assert asked.status == 421


@pytest.mark.parametrize(
    "origin", ["http://attacker.example", "null", f"https://{OWN}", f"http://{OWN}.evil", "http://127.0.0.1:1"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_another_origin_is_refused_even_with_the_cookie(origin: str, method: str) -> None:
    asked = Asked(headers=[("host", OWN), COOKIE, ("origin", origin)], method=method)
    assert not asked.is_in
    assert asked.status == 403


def test_what_changes_something_must_say_its_origin() -> None:
    assert Asked(headers=[("host", OWN), COOKIE], method="POST").status == 403
    assert Asked(headers=[("host", OWN), COOKIE, ("origin", f"http://{OWN}")], method="POST").is_in


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_of_another_port_of_this_machine_is_another_site(site: str) -> None:
    """Strict cookies are sent to all ports of a host: the browser says where the request comes from."""
    assert Asked(headers=[("host", OWN), COOKIE, ("sec-fetch-site", site)]).status == 403
    assert Asked(headers=[("host", OWN), COOKIE, ("sec-fetch-site", "same-origin")]).is_in
    assert Asked(headers=[("host", OWN), COOKIE, ("sec-fetch-site", "none")]).is_in


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "TRACE", "get"])
def test_other_methods_are_refused(method: str) -> None:
    asked = Asked(headers=[("host", OWN), COOKIE, ("origin", f"http://{OWN}")], method=method)
    assert (asked.is_in, asked.status) == (False, 405)


@pytest.mark.parametrize(
    "headers",
    [
        [("host", OWN), COOKIE],
        [("host", OWN), COOKIE, ("origin", "http://attacker.example")],
        [("host", OWN), ("origin", f"http://{OWN}")],
        [("host", "attacker.example"), COOKIE, ("origin", "http://attacker.example")],
    ],
)
def test_a_websocket_of_somebody_else_is_closed_before_it_opens(headers: Headers) -> None:
    asked = Asked("/_nicegui_ws/socket.io/", headers, kind="websocket")
    assert not asked.is_in
    assert asked.sent == [{"type": "websocket.close", "code": 1008}]


def test_a_websocket_does_not_take_the_token_from_its_address() -> None:
    asked = Asked(f"/?token={TOKEN}", [("host", OWN), ("origin", f"http://{OWN}")], kind="websocket")
    assert not asked.is_in


def test_the_page_s_own_websocket_opens() -> None:
    assert Asked(headers=[("host", OWN), COOKIE, ("origin", f"http://{OWN}")], kind="websocket").is_in


POSTED = [("host", OWN), COOKIE, ("origin", f"http://{OWN}")]


@pytest.mark.parametrize("length", [str(LARGEST_BODY + 1), "52428800", "-1", "1e3", "٣", "9" * 30, ""])
def test_a_body_that_says_it_is_too_large_is_not_read(length: str) -> None:
    asked = Asked(headers=[*POSTED, ("content-length", length)], method="POST", body=[b"x"])
    assert (asked.is_in, asked.status) == (False, 413)


@pytest.mark.parametrize("said", [[], [("content-length", "10")]])
def test_a_body_that_grows_too_large_is_cut_off(said: list[tuple[str, str]]) -> None:
    """Whether it says no length, as in pieces, or a wrong one."""
    asked = Asked(headers=[*POSTED, *said], method="POST", body=[b"x" * 100_000] * 500)
    assert asked.status == 413
    assert asked.inner.taken <= LARGEST_BODY
    assert [message["type"] for message in asked.sent] == ["http.response.start", "http.response.body"]


def test_a_body_within_the_limit_is_read_whole() -> None:
    asked = Asked(headers=POSTED, method="POST", body=[b"x" * 100_000] * 10)
    assert (asked.status, asked.inner.taken) == (200, LARGEST_BODY)


def test_an_address_without_end_is_refused() -> None:
    assert Asked("/?state=" + "a" * LONGEST_ADDRESS).status == 414
    assert Asked("/" + "a" * LONGEST_ADDRESS + "a").status == 414


def test_nobody_may_frame_the_page_load_into_it_or_read_it_from_elsewhere() -> None:
    for asked in (Asked(), Asked(headers=[("host", OWN)])):
        headers = asked.headers
        policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
        assert policy["default-src"] == "'none'"
        assert policy["frame-ancestors"] == policy["form-action"] == policy["base-uri"] == "'none'"
        assert policy["connect-src"] == f"'self' ws://{OWN}"
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert not [name for name in headers if name.startswith("access-control-")]


def test_every_desk_has_a_token_of_its_own() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert min(map(len, tokens)) >= TOKEN_BYTES
