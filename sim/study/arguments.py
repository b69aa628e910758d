"""What the calls of ``sim`` and the options of its command may be given, written once, and the sentence when it is not.

Nothing heavy is imported here before a value is looked at: the command's help needs the limits.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache, wraps
from numbers import Integral, Real
from os import PathLike
from typing import Any, Final, ParamSpec, TypeVar

from sim.refusal import nearest, shown
from sim.study import StudyError

P = ParamSpec("P")
R = TypeVar("R")
Keywords = tuple[Any, ...]  # a TypedDict, and the dataclasses that it writes out, see `sim/study/keywords.py`


class NotAllowedError(ValueError):
    """A value that an argument does not take."""


@dataclass(frozen=True)
class Argument:
    """What an argument takes: in words, and as a function that gives the value back or raises NotAllowedError."""

    zh: str
    en: str
    read: Callable[[Any], Any]

    def checked(self, name: str, value: Any) -> Any:
        """The value; raises :class:`StudyError` with the argument's name, what was found and what is allowed."""
        try:
            return self.read(value)
        except NotAllowedError:
            found = shown(repr(value))
            raise StudyError(
                zh=f"参数 {name} 为 {found}；应为{self.zh}。", en=f"The argument {name} is {found}; it takes {self.en}."
            ) from None


@dataclass(frozen=True)
class Whole:
    """A whole number from ``least`` to ``most``."""

    least: int
    most: int | None = None

    def read(self, value: Any) -> int:
        """NumPy's whole numbers are whole numbers; true and false are none."""
        if isinstance(value, bool) or not isinstance(value, Integral):
            raise NotAllowedError
        number = int(value)
        if number < self.least or (self.most is not None and number > self.most):
            raise NotAllowedError
        return number

    def argument(self) -> Argument:
        """The same as an argument."""
        if self.most is None:
            return Argument(f"不小于 {self.least} 的整数", f"a whole number of at least {self.least}", self.read)
        return Argument(
            f" {self.least} 到 {self.most} 的整数", f"a whole number from {self.least} to {self.most}", self.read
        )


MOST_RUNS: Final = 10_000  # of a scenario
SEED: Final = Whole(0, 2**62)  # a replication's seed is this one and its number, and fits in 64 bits
REPLICATIONS: Final = Whole(1, MOST_RUNS)
MOST_DRAWS: Final = 1_000_000  # of a question: so many fit in memory
DRAWS: Final = Whole(1, MOST_DRAWS)
OVER_RANGES: Final = Whole(0, MOST_RUNS)  # draws of a comparison, and its replications for each clause: 0 for none
AT_LEAST_TWO: Final = Whole(2, MOST_RUNS)  # replications of which an interval is asked
WAVES: Final = Whole(1, 20)  # of a calibration
WORKERS: Final = Whole(1)
MOST: Final = Whole(1)  # firms followed
LEAST_SECONDS: Final = 0.0
LEAST_WORTH, LARGEST_WORTH = 1.0, 1e12  # of a firm kept, yuan


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value) or value < LEAST_SECONDS:
        raise NotAllowedError
    return float(value)


def _worth(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, Real) or not LEAST_WORTH <= float(value) <= LARGEST_WORTH:
        raise NotAllowedError
    return float(value)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise NotAllowedError
    return value


def _path(value: Any) -> Any:
    return value if isinstance(value, PathLike) else _text(value)


def _scenario(value: Any) -> Any:
    from sim.scenario import Scenario  # start-up: `import sim` is light

    return value if isinstance(value, Scenario) else _path(value)


def _question(value: Any) -> Any:
    return value if isinstance(value, Mapping) else _path(value)


def _levers(value: Any) -> Any:
    if not isinstance(value, Mapping) or not all(isinstance(path, str) for path in value):
        raise NotAllowedError
    return value


def _list(of: Callable[[Any], Any], least: int = 0) -> Callable[[Any], list[Any]]:
    def read(value: Any) -> list[Any]:
        if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
            raise NotAllowedError
        found = [of(entry) for entry in value]
        if len(found) < least:
            raise NotAllowedError
        return found

    return read


def _drawn(of: Whole) -> Argument:
    """So many draws, or so many of what is named."""

    def read(value: Any) -> Any:
        if not isinstance(value, Mapping):
            return of.read(value)
        if len(value) != 1:
            raise NotAllowedError
        return {_text(name): of.read(count) for name, count in value.items()}

    plain = of.argument()
    return Argument(
        f"{plain.zh}，或如 {{'assumptions': 32}}", f"{plain.en}, or a mapping such as {{'assumptions': 32}}", read
    )


def _where(value: Any) -> Any:
    if not isinstance(value, Mapping):
        raise NotAllowedError
    some = _list(_text, 1)
    return {_text(name): said if isinstance(said, str) else some(said) for name, said in value.items()}


def _callable(value: Any) -> Any:
    if not callable(value):
        raise NotAllowedError
    return value


def _inside(value: Any) -> Any:
    from sim.observe.inside import Inside  # start-up: `import sim` is light

    if not isinstance(value, Inside):
        raise NotAllowedError
    return value


def _study(value: Any) -> Any:
    # By what a study has: its class stands on a higher floor.
    if not hasattr(value, "manifest") or not callable(getattr(value, "tables", None)):
        raise NotAllowedError
    return value


IDENTITIES: Final = Argument(
    "企业编号（非负整数）的列表", "a list of firms' identities, whole numbers", _list(Whole(0).read)
)
ONE_OR_MORE: Final = Argument(
    "情景的名称、文件或已载入的情景，或其列表",
    "a scenario's name, its file or a loaded one, or a list of them",
    lambda value: _list(_scenario)(value) if isinstance(value, list | tuple) else [_scenario(value)],
)
OVER: Final = OVER_RANGES.argument()
DRAWN: Final = _drawn(OVER_RANGES)
DRAWN_OFTEN: Final = _drawn(AT_LEAST_TWO)
SEVERAL: Final = AT_LEAST_TWO.argument()
LATER: Final = Argument("", "", lambda value: value)  # looked at by what is called with it


@cache
def arguments() -> Mapping[str, Argument]:
    """What each argument takes, by its name; one that has its default is not looked at."""
    from sim.scenario.schema import MOST_ROWS  # start-up: `import sim` is light

    rows = Whole(1, MOST_ROWS)
    scenario = Argument("情景的名称、文件或已载入的情景", "a scenario's name, its file or a loaded one", _scenario)
    scenarios = Argument(
        "情景（名称、文件或已载入的情景）的列表，至少一个",
        "a list of scenarios (names, files or loaded ones), at least one",
        _list(_scenario, 1),
    )
    firms = Argument(
        f"{rows.argument().zh}，或 'province'",
        f"{rows.argument().en}, or 'province'",
        lambda value: value if isinstance(value, str) and value == "province" else rows.read(value),
    )
    return {
        "scenario": scenario,
        "against": scenario,
        "a": scenario,
        "b": scenario,
        "scenarios": scenarios,
        "plans": scenarios,
        "asked": Argument(
            "问题的名称、文件，或文件会写的内容",
            "a question's name, its file, or a mapping of what a file would say",
            _question,
        ),
        "levers": Argument("从政策参数路径到值的映射", "a mapping of paths to values", _levers),
        "grid": Argument("从政策参数路径到值列表的映射", "a mapping of paths to lists of values", _levers),
        "firms": firms,
        "rows": firms,
        "seed": SEED.argument(),
        "replications": REPLICATIONS.argument(),
        "draws": DRAWS.argument(),
        "clause_replications": OVER,
        "waves": WAVES.argument(),
        "kept": AT_LEAST_TWO.argument(),
        "simulated": OVER,
        "workers": WORKERS.argument(),
        "threads": WORKERS.argument(),
        "most": MOST.argument(),
        "worths": Argument(
            f"金额（元，{LEAST_WORTH:g} 至 {LARGEST_WORTH:g}）的列表，至少一个",
            f"a list of amounts in yuan, from {LEAST_WORTH:g} to {LARGEST_WORTH:g}, at least one",
            _list(_worth, 1),
        ),
        "seconds": Argument("不小于 0 的秒数", "a number of seconds, 0 or more", _seconds),
        "follow": IDENTITIES,
        "where": Argument(
            "从条件到取值（或其列表）的映射", "a mapping of conditions to a value or a list of them", _where
        ),
        "cluster": Argument("调度器的地址", "the address of a scheduler", _text),
        "folder": Argument("文件夹的路径", "the path of a folder", _path),
        "file": Argument("文件的路径", "the path of a file", _path),
        "words": Argument("以空格分开的词", "words with blanks between them", _text),
        "id": Argument("条款编号，如 II.1.b", "the id of a clause, such as II.1.b", _text),
        "outcomes": Argument("指标名称的列表", "a list of outcomes' names", _list(_text)),
        "inside": Argument(
            "sim.Inside(...)，如 sim.Inside(days=['2022-12-31'], sample=500)",
            "sim.Inside(...), such as sim.Inside(days=['2022-12-31'], sample=500)",
            _inside,
        ),
        "targets": Argument("目标组或目标名称的列表", "a list of groups of targets or of targets", _list(_text)),
        "study": Argument("一项研究", "a study", _study),
        "progress": Argument("接受完成比例的函数", "a function that is told the share done", _callable),
    }


def checked(keywords: Keywords | None = None, **own: Argument) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a function look at its arguments first, each by its name in :func:`arguments`, or as ``own`` says.

    ``keywords``: the groups that the function takes as its ``**``; its signature shows them one by one. The function
    raises :class:`StudyError` for an argument that it does not take, before it does anything.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function) if keywords is None else _written_out(function, keywords)

        @wraps(function)
        def call(*given: P.args, **named: P.kwargs) -> R:
            try:
                bound = signature.bind(*given, **named)
            except TypeError:
                raise _unbound(signature, given, named) from None
            known = {**arguments(), **own}
            for name, value in bound.arguments.items():
                if name in known and value is not signature.parameters[name].default:
                    bound.arguments[name] = known[name].checked(name, value)
            return function(*bound.args, **bound.kwargs)

        call.__signature__ = signature  # type: ignore[attr-defined]
        return call

    return decorate


def _written_out(function: Callable[..., Any], keywords: Keywords) -> inspect.Signature:
    """The signature of a function with keywords one by one in the place of its ``**``."""
    signature = inspect.signature(function)
    *parameters, _ = signature.parameters.values()
    taken, *groups = keywords
    written = [
        inspect.Parameter(field.name, inspect.Parameter.KEYWORD_ONLY, default=field.default, annotation=field.type)
        for group in groups
        for field in fields(group)
        if field.name in taken.__optional_keys__
    ]
    return signature.replace(parameters=[*parameters, *written])


def _unbound(signature: inspect.Signature, given: Sequence[Any], named: Mapping[str, Any]) -> StudyError:
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    names = [name for name, parameter in signature.parameters.items() if parameter.kind in kinds]
    allowed = ", ".join(names)
    unknown = [name for name in named if name not in names]
    needed = [name for name in names if signature.parameters[name].default is inspect.Parameter.empty]
    missing = [name for name in needed[len(given) :] if name not in named]
    if unknown:
        near = nearest(unknown[0], names)
        zh, en = (f"；是否想写 {near}？", f"; did you mean {near}?") if near else ("。", ".")
        return StudyError(
            zh=f"没有参数 {unknown[0]}；可用：{allowed}{zh}",
            en=f"There is no argument {unknown[0]}; allowed: {allowed}{en}",
        )
    if missing:
        return StudyError(zh=f"缺少参数 {missing[0]}。", en=f"The argument {missing[0]} is missing.")
    return StudyError(
        zh=f"不写名称的参数过多，或与写明名称的重复；参数为：{allowed}。",
        en=f"There are too many arguments without a name, or one is given with its name too; arguments are: {allowed}.",
    )
