"""What is fed with files that nobody should trust: each target takes bytes and may answer with sentences only.

Used by the corpus and Hypothesis (``test_fuzz.py``) and by the coverage-guided fuzzer (``fuzz.py``).
"""

import codecs
import math
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sim import scenario
from sim.data_folders import calibration_folder, scenarios_folder
from sim.measure import Words
from sim.names import labels
from sim.scenario import ScenarioError, ValidationError
from sim.scenario.catalogue import build, build_fund, catalogue
from sim.scenario.checking import Source
from sim.scenario.document import parse
from sim.study import StudyError
from sim.study.answering import module, question
from sim.study.designs.design import Block, Design, Draws, sample
from sim.study.designs.factors import Factor
from sim.study.questions import questions

_FOLDER = tempfile.TemporaryDirectory(prefix="shukun-faults-")  # goes with the process
FOLDER = Path(_FOLDER.name)
KNOWN = catalogue(scenarios_folder())
ALLOWED = tuple(str(folder.resolve()) for folder in (FOLDER, scenarios_folder(), calibration_folder()))
MOST_TRIED = 30  # draws of a design
# What runs code, starts a process or reaches the network, as Python's audit events call it.
FORBIDDEN = (
    "exec",
    "compile",
    "os.system",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "subprocess.",
    "socket.",
    "ctypes.",
)

_watched: list[str] | None = None


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    if _watched is None:
        return
    if event == "open" and isinstance(arguments[0], str | bytes):
        name = str(Path(arguments[0].decode() if isinstance(arguments[0], bytes) else arguments[0]).resolve())
        if not name.startswith(ALLOWED):
            _watched.append(f"open {name}")
    elif event.startswith(FORBIDDEN):
        _watched.append(f"{event} {arguments!r:.200}")


sys.addaudithook(_audit)


@contextmanager
def watched() -> Iterator[None]:
    """Files outside the folders that are given, code, processes and the network are out of bounds."""
    global _watched
    _watched = seen = []
    try:
        yield
    finally:
        _watched = None
    assert not seen, seen


def sentences(act: Callable[[], object]) -> list[str]:
    """What an act answers: nothing when all is well, one line for each fault; any other error goes on up."""
    said: list[str] = []
    try:
        act()
    except ScenarioError as error:
        errors = error.errors or [ValidationError("reason", "given.yaml", None, "", "an error that says nothing")]
        said = [error.sentence(language) for error in errors for language in ("en", "zh")]
    except StudyError as error:
        said = [error.sentence(language) for language in ("en", "zh")]
    for sentence in said:
        assert sentence.isprintable(), sentence
        sentence.encode()
    return said


def _file(content: bytes) -> Path:
    file = FOLDER / "given.yaml"
    file.write_bytes(content)
    return file


def loaded(text: str) -> None:
    """Load a text as a scenario."""
    scenario.load(_file(text.encode()))


def designed(text: str) -> None:
    """Read a text as the design of a sweep."""
    question("sweep", _file(text.encode()))


def built(text: str) -> None:
    """Build a text as a measure and as a fund of the catalogue."""
    document = parse(text, "given.yaml")
    _, wrong = build(KNOWN, document.data, Source(document), KNOWN.plan.horizon, KNOWN.sources)
    _, of_fund = build_fund(KNOWN.plan, document.data, Source(document))
    raise ScenarioError([*document.errors, *wrong, *of_fund])


def scenario_file(content: bytes) -> list[str]:
    file = _file(content)
    with watched():
        return sentences(lambda: scenario.load(file))


def design_file(content: bytes) -> list[str]:
    """A file of any kind of question; of a sweep that is understood every value is tried."""
    file = _file(content)
    said: list[str] = []
    with watched():
        for kind in questions():
            said += sentences(lambda kind=kind: question(kind, file))
        said += sentences(lambda: _tried(file))
    return said


def _tried(file: Path) -> None:
    design, beside = question("sweep", file)
    blocks = [block for block in (design.levers, design.uncertainties) if block is not None]
    if all(block.csv is None for block in blocks) and sum(map(_size, blocks)) <= MOST_TRIED:
        Draws(design, beside).check({}, 300)


def _size(block: Block) -> int:
    stated = block.grid or block.list or {}
    sampled = block.sobol or block.latin_hypercube
    return sampled.draws if sampled else math.prod(map(len, stated.values()))


def table_of_draws(content: bytes) -> list[str]:
    """A CSV file beside a design."""
    (FOLDER / "given.csv").write_bytes(content)
    design = Design(title=Words(zh="题", en="title"), levers=Block(csv="given.csv"))
    with watched():
        return sentences(lambda: Draws(design, FOLDER).check({}, 300))


def lever_words(content: bytes) -> list[str]:
    """Lines as they are given to ``--lever``, on top of the whole plan."""
    words = content.decode("utf-8", "replace").splitlines()
    with watched():
        return sentences(lambda: scenario.load("full_plan", scenario.from_words(words)))


def catalogue_file(content: bytes) -> list[str]:
    """A measure or a fund of the catalogue."""
    with watched():
        return sentences(lambda: built(content.decode("utf-8", "replace")))


TARGETS: dict[str, Callable[[bytes], list[str]]] = {
    "scenario": scenario_file, "design": design_file, "levers": lever_words, "catalogue": catalogue_file,
    "table": table_of_draws,
}  # fmt: skip
# Whatever is imported when it is first needed is imported now, unwatched.
scenario.load("full_plan", scenario.from_words(["parameters.firm.crowding=0.5", "world.demand={catering: 0.9}"]))
for _kind in questions():
    module(_kind)
for _way in ("sobol", "latin_hypercube"):
    sample(_way, [Factor("firms")], 2, 1)
table_of_draws(b"rent_waiver.months,parameters.firm.crowding\n3,0.5\n")
labels()
codecs.lookup("gb18030")
