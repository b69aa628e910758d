"""Documents and files in step: what a page, a docstring or a comment names is there, and every module is told.

Claims about behaviour are typed and run elsewhere (`test_readme.py`, `docs/`); here only names are looked up.
"""

from __future__ import annotations

import re
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from tests.test_house import ROOT, SOURCES, TRACKED, read, short

# The rooms of `sim/` itself are the table of floors in `docs/architecture.md`.
ROOMS = sorted({path.parent for path in TRACKED if path.is_relative_to(ROOT / "sim") and path.name == "README.md"})[1:]
PAGES = [path for path in TRACKED if path.suffix == ".md" and not path.is_relative_to(ROOT / "results")]
TELLING = [*PAGES, *SOURCES, ROOT / "Makefile"]
# Of the lessons in `docs/measures.md` and `docs/second_province.md`.
WRITTEN_BY_THE_READER = {
    "scenarios/measures/fiscal/cold_chain_rebate.yaml", "scenarios/measures/fiscal/ferry_tolls.yaml",
}  # fmt: skip
FOLDERS = "sim|docs|tests|scenarios|calibration|benchmarks|notebooks"
# A path from the top folder, to a file or a folder; `*` and `<name>` stand for anything.
PATH = re.compile(rf"(?<![\w/.*<>-])(?:\.\./)*((?:{FOLDERS})/[\w./*<>-]*[\w/*>])")
DOTTED = re.compile(r"(?<![\w./-])sim(?:\.[A-Za-z_]\w*)+")
PARTS = {part for path in TRACKED for part in path.relative_to(ROOT).parts}


def found(path: str) -> bool:
    """Whether something lies at a path, which may hold `*` or `<name>`; a file may be named without its ending."""
    pattern = re.sub(r"<[^>]*>", "*", path).rstrip("/")
    return any(ROOT.glob(pattern)) or any(ROOT.glob(f"{pattern}.*"))


def named(text: str) -> set[str]:
    """Modules and folders that a README names as lying beside it, such as `bills.py` and `answers/`."""
    return set(re.findall(r"`([a-z_]\w*(?:\.py|\.yaml|/))`", text))


@pytest.mark.parametrize("room", ROOMS, ids=short)
def test_a_room_tells_every_module_and_no_other(room: Path) -> None:
    here = {path for path in TRACKED if path.is_relative_to(room) and path.suffix in (".py", ".yaml", ".json")}
    modules = {path.name for path in here if path.parent == room and path.name not in ("__init__.py", "__main__.py")}
    folders = {f"{path.relative_to(room).parts[0]}/" for path in here if path.parent != room}
    text = read(room / "README.md")
    untold = sorted(name for name in modules | folders if f"`{name}" not in text)
    assert not untold, f"{short(room)}/README.md says nothing of {untold}"
    gone = sorted(name for name in named(text) if name.rstrip("/") not in PARTS)
    assert not gone, f"{short(room)}/README.md names what is not there: {gone}"


@pytest.mark.parametrize("page", TELLING, ids=short)
def test_every_path_that_is_named_is_there(page: Path) -> None:
    gone = sorted({path for path in PATH.findall(read(page)) if not found(path)} - WRITTEN_BY_THE_READER)
    assert not gone, f"{short(page)} names what is not there: {gone}"


def test_every_page_that_is_linked_is_there() -> None:
    gone = [
        f"{short(page)}: {link}"
        for page in PAGES
        for link in re.findall(r"\]\(([^)#\s:]+)(?:#[^)]*)?\)", read(page))
        if not (page.parent / link).exists()
    ]
    assert not gone


def is_in_python(name: str) -> bool:
    """Whether a dotted name leads to a module, or to something in one."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            thing = import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            if not hasattr(thing, part):
                return part in getattr(thing, "__annotations__", {})
            thing = getattr(thing, part)
        return True
    return False


def test_every_name_of_the_package_is_there() -> None:
    names = {name for page in TELLING for name in DOTTED.findall(read(page))}
    endings = {"py", "md", "yaml"}
    gone = sorted(name for name in names if name.rsplit(".", 1)[-1] not in endings and not is_in_python(name))
    where = {name: [short(page) for page in TELLING if re.search(rf"{re.escape(name)}\b", read(page))] for name in gone}
    assert not gone, where


@pytest.mark.parametrize(
    ("container", "heading"),
    [
        ("sim", "How the house is built"),
        ("sim.study", "Inside the study"),
        ("sim.report", "Inside the report"),
    ],
)
def test_the_tables_of_floors_are_the_import_contract(container: str, heading: str) -> None:
    contracts = tomllib.loads(read(ROOT / "pyproject.toml"))["tool"]["importlinter"]["contracts"]
    (contract,) = (one for one in contracts if one.get("containers") == [container])
    floors = [{part.strip() for part in layer.split("|")} for layer in contract["layers"]]
    page = re.split(r"^#+ (.+)$", read(ROOT / "docs/architecture.md"), flags=re.MULTILINE)
    told: dict[int, set[str]] = {}
    for number, rooms in re.findall(r"^\| (\d+) \| (.+?) \|", page[page.index(heading) + 1], re.MULTILINE):
        told.setdefault(int(number), set()).update(re.findall(r"`(?:sim/)?(\w+)(?:/|\.py)`", rooms))
    assert [told[number] for number in sorted(told, reverse=True)] == floors


def test_the_names_of_the_glossary_are_names_of_the_project() -> None:
    rows = re.findall(r"^\| .+? \| .+? \| (.*?) \| ", read(ROOT / "docs/glossary.md"), re.MULTILINE)
    names = {name for row in rows for name in re.findall(r"`([\w.]+)`", row)}
    assert len(names) > 40
    texts = [read(path) for path in TRACKED if path.suffix in (".py", ".yaml", ".toml") and path != Path(__file__)]
    words = {word for text in texts for word in re.findall(r"\w+", text)}
    files = {path.stem for path in TRACKED}
    gone = sorted(name for name in names if not (is_in_python(name) or {name} & (words | files)))
    assert not gone, f"docs/glossary.md names what is not there: {gone}"


def test_the_glossary_has_each_term_once_and_in_both_languages() -> None:
    rows = re.findall(r"^\| (.+?) \| (.+?) \| .*? \| (.+?) \| (.+?) \|$", read(ROOT / "docs/glossary.md"), re.MULTILINE)
    terms = [row for row in rows if row[0] not in ("中文", "---")]
    for place in (0, 1):
        assert len({row[place] for row in terms}) == len(terms)
    assert all(re.search(r"[一-鿿]", row[0] + row[3]) and not re.search(r"[一-鿿]", row[1] + row[2]) for row in terms)
