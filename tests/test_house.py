"""Health of the repository: mistakes that are cheap to look for in the files themselves.

Ruff (public docstrings, banned imports), mypy and the import contract look for the rest; `make test` runs them first.
"""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from sim.study.runs.manifest import TAKEN_BY

ROOT = Path(__file__).resolve().parents[1]
TRACKED = [
    ROOT / name
    for name in subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split("\0")
    if name and (ROOT / name).is_file()
]
SOURCES = [path for path in TRACKED if path.is_relative_to(ROOT / "sim") and path.suffix == ".py"]
CHANCE = re.compile(r"^(random|secrets|numpy\.random|os\.urandom|uuid\.uuid[14])\b|\.rvs$")
# Where chance may come from, and why.
CHANCE_IN = {
    "sim/random_numbers.py": "every draw of the model",
    "sim/desk/guard.py": "the token of the desk's address, which nobody may be able to draw again and no result sees",
}
LONGEST_FILE = 450  # lines; longer than one sitting
MOST_PARAMETERS = 9


def short(path: Path) -> str:
    """Path as a person writes it."""
    return path.relative_to(ROOT).as_posix()


def read(path: Path) -> str:
    """Text of a file, empty for one that is not there or holds no text."""
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return ""


def names_used(source: str) -> set[str]:
    """Every dotted name in a module, with the names that imports give spelled out in full."""
    tree = ast.parse(source)
    full = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            full |= {(name.asname or name.name).split(".")[0]: name.asname and name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            full |= {name.asname or name.name: f"{node.module}.{name.name}" for name in node.names}
    used = {name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in (n.name for n in node.names)}
    used |= {name for name in full.values() if name}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            first, dot, rest = ast.unparse(node).partition(".")
            used.add(f"{full.get(first) or first}{dot}{rest}")
    return used


def test_nothing_is_random_outside_random_numbers() -> None:
    found = {
        f"{short(path)}: {name}"
        for path in SOURCES
        if short(path) not in CHANCE_IN
        for name in names_used(read(path))
        if CHANCE.search(name)
    }
    assert not found, f"draws belong in sim/random_numbers.py: {sorted(found)}"


@pytest.mark.parametrize(
    "source",
    [
        "import random",
        "from random import choice",
        "import numpy as np\nnp.random.default_rng(1)",
        "from numpy.random import default_rng",
        "from numpy import random as r\nr.normal()",
        "from os import urandom",
        "from scipy.stats import norm\nnorm.rvs(3)",
    ],
)
def test_chance_is_found_however_it_is_written(source: str) -> None:
    assert any(CHANCE.search(name) for name in names_used(source)), names_used(source)


def test_every_source_file_can_be_read_in_one_sitting() -> None:
    long = {short(path): read(path).count("\n") for path in SOURCES if read(path).count("\n") > LONGEST_FILE}
    assert not long, f"more than {LONGEST_FILE} lines: {long}"


def test_no_file_names_a_machine_or_a_registry() -> None:
    # Written in pieces, so that this file does not find itself.
    hosts = ("py" + r"pi\.org", "python" + r"hosted\.org", r"registry\.npm" + r"js", "deb" + r"\.debian\.org")
    places = r"(?<![\w.$}])/(wo" + "rk|ro" + "ot|ho" + "me|Us" + r"ers)/\w"
    left_overs = re.compile("|".join((*hosts, places, r"\bissue #?\d+\b")), re.IGNORECASE)
    found = {
        f"{short(path)}: {match.group()}"
        for path in TRACKED
        for match in [left_overs.search(read(path))]
        if match is not None
    }
    assert not found, f"the project must not know where it was built: {sorted(found)}"


def test_every_folder_says_what_it_holds() -> None:
    folders = {parent for path in TRACKED for parent in path.parents if parent.is_relative_to(ROOT)}
    # Their folders are those of the actions and of `calibration/`; those of the tests are those of `sim/`.
    mirrors = {ROOT / name for name in ("tests", "scenarios/measures", "tests/case", "tests/case/calibration")}
    mirrors |= {ROOT / "tests/case/scenarios", ROOT / "tests/case/scenarios/measures"}
    mirrors |= {ROOT / "tests" / path.parent.relative_to(ROOT / "sim") for path in SOURCES}
    missing = [
        short(folder)
        for folder in sorted(folders)
        if not folder.name.startswith(".")
        and folder.parent not in mirrors
        and not (ROOT / "sim" / short(folder).removeprefix("tests/")).is_dir()
        and not (folder / "README.md").exists()
        and f"`{folder.name}/" not in read(folder.parent / "README.md")
    ]
    assert not missing, f"folders that neither their own README.md nor the one above explains: {missing}"


def test_no_function_has_more_parameters_than_a_reader_can_hold() -> None:
    too_many = {}
    for path in SOURCES:
        if path.is_relative_to(ROOT / "sim/cli"):  # a command's parameters are its options
            continue
        for node in ast.walk(ast.parse(read(path))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                given = node.args
                named = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
                if (count := sum(one is not None for one in named)) > MOST_PARAMETERS:
                    too_many[f"{short(path)}: {node.name}"] = count
    assert not too_many, f"more than {MOST_PARAMETERS} parameters: {too_many}"


def imports_inside(path: Path) -> Iterator[tuple[ast.stmt, list[str], bool]]:
    """Every import of a module of the project: the statement, what it names, and whether it stands in a function."""

    def walk(node: ast.AST, is_inside: bool) -> Iterator[tuple[ast.stmt, list[str], bool]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.ImportFrom) and child.module and child.module.split(".")[0] == "sim":
                yield child, [f"{child.module}.{name.name}" for name in child.names], is_inside
            elif isinstance(child, ast.Import):
                yield child, [name.name for name in child.names if name.name.split(".")[0] == "sim"], is_inside
            yield from walk(child, is_inside or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef))

    yield from (found for found in walk(ast.parse(read(path)), False) if found[1])


def module_of(path: Path) -> str:
    """Dotted name of a source file's module."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def test_no_modules_import_each_other_in_a_circle() -> None:
    modules = {module_of(path): path for path in SOURCES}
    graph: dict[str, set[str]] = {}
    for name, path in modules.items():
        wanted = [said for _, names, _ in imports_inside(path) for said in names]
        found = {said if said in modules else said.rpartition(".")[0] for said in wanted}
        # A package that imports its own modules is what they make together; none of them imports it.
        graph[name] = found & modules.keys() - {name}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"modules that import each other: {' -> '.join(error.args[1])}")


def test_an_import_inside_a_function_says_why() -> None:
    silent = []
    for path in SOURCES:
        lines = read(path).splitlines()
        said = -1  # the line of the import before, when it said why: those that follow on it are meant too
        for statement, _, is_inside in imports_inside(path):
            if is_inside:
                first, last = statement.lineno - 1, statement.end_lineno or statement.lineno
                above = lines[first - 1].strip()
                if above.startswith("#") or "#" in "".join(lines[first:last]) or said == first:
                    said = last
                else:
                    silent.append(f"{short(path)}:{statement.lineno}")
    assert not silent, f"imports inside functions without a reason (start-up time is one, a circle is none): {silent}"


def test_what_makes_kept_runs_stale_is_there() -> None:
    names = {path.relative_to(ROOT / "sim").as_posix() for path in SOURCES}
    gone = [place for place in TAKEN_BY if not any(name.startswith(place) for name in names)]
    assert not gone, f"a rename has dropped what decides whether kept runs are stale: {gone}"


def test_both_readmes_show_the_same_commands() -> None:
    fence = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
    english, chinese = (fence.findall(read(ROOT / name)) for name in ("README.md", "README.zh-CN.md"))
    assert english, "the README shows no command"
    assert english == chinese


def test_every_dependency_has_a_pinned_version() -> None:
    lines = [line for line in read(ROOT / "constraints.txt").splitlines() if line and not line.startswith("#")]
    pin = re.compile(r"^([A-Za-z0-9._-]+)==[\w.]+( ; .+)?$")
    assert [line for line in lines if not pin.match(line)] == [], "only name==version, no addresses"

    def plain(name: str) -> str:
        return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~ ;]", name)[0]).lower()

    project = tomllib.loads(read(ROOT / "pyproject.toml"))["project"]
    wanted = {plain(name) for name in (*project["dependencies"], *project["optional-dependencies"]["test"])}
    assert wanted <= {plain(line) for line in lines}


def test_help_answers_without_the_heavy_libraries() -> None:
    heavy = ("numba", "pandas", "scipy", "matplotlib", "pyarrow")
    code = (
        "import sys; sys.argv = ['shukun', '--help']\n"
        "from sim.cli import main\n"
        "try: main()\n"
        "except SystemExit as stop: assert not stop.code, stop.code\n"
        f"print('loaded:', sorted(set(sys.modules) & set({heavy!r})))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert shown.returncode == 0, shown.stderr
    assert "compare" in shown.stdout
    assert "loaded: []" in shown.stdout, shown.stdout.splitlines()[-1]


MOST_PARAMETERS = 9
KERNELS = ("kernel", "inlined", "outermost", "allocating")
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def functions(tree: ast.AST) -> Iterator[Function]:
    """Every function of a module, whatever it stands in."""
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def parameters(function: Function) -> list[ast.arg]:
    """What a caller gives, by position or by keyword; not what a method is called on."""
    given = function.args
    positional = [*given.posonlyargs, *given.args]
    if positional and positional[0].arg in ("self", "cls"):
        positional = positional[1:]
    return [*positional, *given.kwonlyargs]


def is_a_command(function: Function) -> bool:
    """Whether a function's parameters are options and arguments of the command line."""
    told = [ast.unparse(parameter.annotation) for parameter in parameters(function) if parameter.annotation]
    return any(re.search(r"\bAnnotated\[.*\b(option|argument)\(", annotation) for annotation in told)


def named(function: Function) -> str:
    """The name of a function."""
    return "lambda" if isinstance(function, ast.Lambda) else function.name


def test_no_function_has_more_parameters_than_one_can_keep_in_mind() -> None:
    found = {
        f"{short(path)}: {named(function)}": len(parameters(function))
        for path in SOURCES
        for function in functions(ast.parse(read(path)))
        if len(parameters(function)) > MOST_PARAMETERS
        and not (path.is_relative_to(ROOT / "sim" / "cli") and is_a_command(function))
    }
    assert not found, f"more than {MOST_PARAMETERS} parameters: {found}"


def kernels_and_groups() -> tuple[dict[str, ast.FunctionDef], set[str]]:
    """All kernels by name, and the names under which they take groups: those of the groups' classes in lower case."""
    kernels: dict[str, ast.FunctionDef] = {}
    groups = {"terms"}  # made from a table in `sim/firm/effects.py`
    for path in SOURCES:
        for node in ast.walk(ast.parse(read(path))):
            if isinstance(node, ast.ClassDef) and "NamedTuple" in map(ast.unparse, node.bases):
                groups.add(node.name.lower())
            if isinstance(node, ast.FunctionDef) and {*map(ast.unparse, node.decorator_list)} & {*KERNELS}:
                assert node.name not in kernels, f"two kernels are called {node.name}"
                kernels[node.name] = node
    return kernels, groups


def reads(kernel: ast.FunctionDef, group: str, kernels: dict[str, ast.FunctionDef]) -> bool:
    """Whether a kernel reads something of a group itself, or hands it on to a kernel that does."""
    handed_on = set()
    for node in ast.walk(kernel):
        if not isinstance(node, ast.Call):
            continue
        for place, given in enumerate(node.args):
            if isinstance(given, ast.Name) and given.id == group:
                handed_on.add(given)
                called = kernels.get(ast.unparse(node.func))
                if called is not None and reads(called, called.args.args[place].arg, kernels):
                    return True
    return any(isinstance(node, ast.Name) and node.id == group and node not in handed_on for node in ast.walk(kernel))


def test_no_kernel_takes_a_group_of_which_it_reads_nothing() -> None:
    kernels, groups = kernels_and_groups()
    assert {"settle", "relieve"} <= set(kernels)
    assert {"firms", "state", "clock", "queues"} <= groups
    unread = sorted(
        f"{name}: {parameter.arg}"
        for name, kernel in kernels.items()
        for parameter in kernel.args.args
        if parameter.arg in groups and not reads(kernel, parameter.arg, kernels)
    )
    assert not unread, f"groups that nobody reads: {unread}"


def test_a_group_that_is_only_handed_on_to_nobody_who_reads_it_is_found() -> None:
    source = (
        "def a(i, firms, slots):\n    return b(i, firms, slots)\n\ndef b(i, firms, slots):\n    return firms.cash[i]"
    )
    kernels = {node.name: node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}
    assert [reads(kernels["a"], group, kernels) for group in ("firms", "slots")] == [True, False]
