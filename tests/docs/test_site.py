"""The site of the documents: built as `make docs` does, without a broken link, and read in a browser without a net."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import lxml.html
import pytest
from playwright.sync_api import Browser, Page, expect

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = {"en": "en", "zh": "zh_CN"}
pytestmark = pytest.mark.slow


def build(language: str, folder: Path, top: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """What Sphinx does as the Makefile calls it."""
    words = ["-q", "-W", "--keep-going", "-c", str(ROOT / "docs/site"), "-D", f"language={LANGUAGES[language]}"]
    command = [sys.executable, "-m", "sphinx", *words, str(top), str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both sites and the page that leads to them."""
    folder = tmp_path_factory.mktemp("site")
    for language in LANGUAGES:
        built = build(language, folder / language)
        assert (built.returncode, built.stderr) == (0, "")
    shutil.copy(ROOT / "docs/site/first.html", folder / "index.html")
    return folder


@pytest.fixture(scope="module")
def asked() -> list[str]:
    """Addresses that the browser asked for beyond the files of the site."""
    return []


@pytest.fixture(scope="module")
def page(site: Path, asked: list[str], browser: Browser) -> Page:
    """A browser without a network that has opened the site from the disk."""
    context = browser.new_context(offline=True, locale="en-US")
    context.on("request", lambda request: asked.append(request.url))
    opened = context.new_page()
    opened.goto((site / "index.html").as_uri())
    return opened


def documents() -> list[str]:
    """Every document in the folder of documents, by its English page."""
    return sorted(path.stem for path in (ROOT / "docs").glob("*.md") if not path.name.endswith(".zh-CN.md"))


def pages(site: Path) -> list[Path]:
    """Every page; what the theme lays beside its scripts is none."""
    return [path for path in site.rglob("*.html") if "_static" not in path.parts]


def test_every_document_is_a_page_of_both_sites(site: Path) -> None:
    assert len(documents()) > 20
    for language in LANGUAGES:
        assert [name for name in documents() if not (site / language / f"docs/{name}.html").exists()] == []


def test_a_page_has_the_text_of_its_language(site: Path) -> None:
    headings = {
        language: lxml.html.parse(site / language / "docs/questions.html").findtext(".//h1") for language in LANGUAGES
    }
    assert re.search("[一-鿿]", headings["zh"]) and not re.search("[一-鿿]", headings["en"])


def test_no_link_of_either_site_leads_nowhere(site: Path) -> None:
    trees = {path: lxml.html.parse(path).getroot() for path in pages(site)}
    places = {path: {name for tag in tree.iter() for name in [tag.get("id")] if name} for path, tree in trees.items()}
    gone = []
    for path, tree in trees.items():
        for link in tree.xpath("//a/@href | //img/@src | //link/@href | //script/@src"):
            if re.match(r"\w+:|//", link):
                continue
            to, _, place = link.partition("#")
            target = (path.parent / unquote(to.partition("?")[0])).resolve() if to else path
            if not target.exists() or (place and target in places and unquote(place) not in places[target] | {"top"}):
                gone.append(f"{path.relative_to(site)}: {link}")
    assert gone == []


def test_pages_ask_for_nothing_beyond_the_site(site: Path) -> None:
    taken = {
        f"{path.name}: {link}"
        for path in pages(site)
        for link in lxml.html.parse(path).xpath("//img/@src | //link[@rel='stylesheet']/@href | //script/@src")
        if re.match(r"https?:|//", link)
    }
    assert taken == set()


def test_the_first_page_says_what_the_readme_says_of_the_reference_result(site: Path) -> None:
    for language, readme in {"en": "README.md", "zh": "README.zh-CN.md"}.items():
        told = re.search("<!-- reference -->\n(.*?)<!--", (ROOT / readme).read_text("utf-8"), re.DOTALL)
        assert told
        first = lxml.html.parse(site / language / "docs/site/index.html")
        shown = re.sub(r"\s+", "", first.getroot().text_content())
        lines = [re.sub(r"[\s*]+", "", line) for line in told[1].splitlines()]
        assert len(lines) >= 5
        assert [line for line in lines if line not in shown] == []
        assert first.xpath("//article//img")


def test_a_broken_link_stops_the_build(tmp_path: Path) -> None:
    (tmp_path / "docs/site").mkdir(parents=True)
    (tmp_path / "docs/site/index.md").write_text("# First\n\n[gone](../gone.md)\n", encoding="utf-8")
    built = build("en", tmp_path / "out", tmp_path)
    assert built.returncode == 1
    assert "gone.md" in built.stderr


@pytest.mark.parametrize(
    ("language", "words", "found"),
    [
        ("zh", "延期", "docs/questions"),
        ("zh", "后悔值", "docs/decisions"),
        ("zh", "repayment wall", "docs/effects"),
        ("en", "repayment wall", "docs/effects"),
        ("en", "延期", "docs/glossary"),
    ],
)
def test_search_finds_words_of_both_languages(page: Page, site: Path, language: str, words: str, found: str) -> None:
    page.goto(f"{(site / language / 'search.html').as_uri()}?q={words}")
    expect(page.locator(f"#search-results a[href*='{found}.html']").first).to_be_visible(timeout=60_000)


def test_search_finds_nothing_for_what_no_page_says(page: Page, site: Path) -> None:
    page.goto(f"{(site / 'en/search.html').as_uri()}?q=鲸鱼座")
    expect(page.locator("#search-results")).to_contain_text("did not match any documents", timeout=60_000)
    assert page.locator("#search-results li").count() == 0


def test_a_page_leads_to_itself_in_the_other_language_and_back(page: Page, site: Path) -> None:
    for name in ("docs/questions", "docs/store", "README"):  # with a Chinese text, without one, and at the top
        page.goto((site / f"en/{name}.html").as_uri())
        page.locator("header").get_by_role("link", name="中文").first.click()
        assert page.url == (site / f"zh/{name}.html").as_uri()
        page.locator("header").get_by_role("link", name="English").first.click()
        assert page.url == (site / f"en/{name}.html").as_uri()


def test_the_reader_lands_in_the_language_of_the_browser(page: Page, site: Path) -> None:
    page.goto((site / "index.html").as_uri())
    page.wait_for_url("**/en/docs/site/index.html")


def test_nothing_was_asked_for_but_files_of_the_site(page: Page, asked: list[str], site: Path) -> None:
    page.goto((site / "zh/docs/site/index.html").as_uri())
    assert asked
    assert [address for address in asked if not address.startswith((site.as_uri(), "data:"))] == []
