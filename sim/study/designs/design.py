"""Designs: which variations of a scenario are run. Draw ``i`` depends on the design and on ``i`` alone.

Levers are policy, uncertainties are world and behaviour; each block is a grid, a list, a Latin hypercube, a Sobol
sequence or a CSV file. Crossed, every draw of the levers meets the same draws of the uncertainties; nested, each meets
draws of its own. A Sobol sequence can be enlarged: its first draws stay what they are. A Latin hypercube is another one
for every number of draws, a grid keeps the runs of the values that it had.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import Field, model_validator
from pydantic_core import to_jsonable_python

from sim.data_folders import scenarios_folder
from sim.measure import Strict, Words
from sim.refusal import Refusal, shown
from sim.scenario import ScenarioError, load
from sim.scenario.catalogue import catalogue
from sim.scenario.document import display, text_of, value_of
from sim.scenario.levers import refuse_twice, same
from sim.scenario.schema import outcome_among
from sim.scenario.validation_errors import ValidationError
from sim.study import StudyError
from sim.study.arguments import MOST_DRAWS, MOST_RUNS, SEED
from sim.study.designs.factors import GROUPS, Factor, Over, at, trials, varied
from sim.study.keywords import Firms
from sim.study.reductions.costs import PUBLIC_COST
from sim.study.runs.specification import sized

if TYPE_CHECKING:
    from sim.scenario import Scenario

Values = Annotated[list[Any], Field(min_length=1)]
IN_ONE_BLOCK: Final = Words(zh="levers 与 uncertainties 之一", en="either levers or uncertainties")
A_HEAD_AND_ROWS: Final = Words(zh="一行表头（政策参数路径）和至少一行数据", en="a row of paths and at least one draw")


class Sampled(Strict):
    """So many draws over ranges, see :func:`sim.study.designs.factors.varied`."""

    draws: Annotated[int, Field(ge=1, le=MOST_DRAWS)]
    over: Over
    seed: Annotated[int, Field(ge=0, le=SEED.most)] = 1  # of the sample; that of the runs is another

    def factors(self) -> list[Factor]:
        """What is varied."""
        return varied(self.over)


class Block(Strict):
    """One way of varying: exactly one of its fields."""

    grid: Annotated[dict[str, Values], Field(min_length=1)] | None = None  # every combination
    list: Annotated[dict[str, Values], Field(min_length=1)] | None = None  # side by side: as many values of each
    latin_hypercube: Sampled | None = None
    sobol: Sampled | None = None
    csv: str | None = None  # file beside the design: a column for each path, a row for each draw

    @model_validator(mode="before")
    @classmethod
    def _no_group(cls, said: Any) -> Any:
        for form in ("grid", "list"):
            for name in GROUPS if isinstance(said, dict) and isinstance(said.get(form), dict) else ():
                if name in said[form]:
                    raise Refusal(
                        zh=f"{form} 要逐一写出取值，{name} 没有可以逐一写出的取值：请用 sobol 或 latin_hypercube 抽样",
                        en=f"a {form} needs values one by one, which {name} has not: draw it with sobol or "
                        "latin_hypercube",
                        at=(form,),
                    )
        return said

    @model_validator(mode="after")
    def _one(self) -> Block:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            raise Refusal(
                zh=f"grid、list、latin_hypercube、sobol、csv 应恰好写一项，而不是 {len(given)} 项",
                en=f"give exactly one of grid, list, latin_hypercube, sobol, csv, not {len(given)}",
            )
        if self.list is not None and len({len(values) for values in self.list.values()}) != 1:
            raise Refusal(
                zh="list 中各项取值的个数应相同", en="a list needs as many values for each lever", at=("list",)
            )
        return self


class Precision(Strict):
    """Replications until the half-width of outcomes is small and stays small (Hoad, Robinson and Davies 2010)."""

    half_width: Annotated[
        dict[Annotated[str, outcome_among(PUBLIC_COST)], Annotated[float, Field(gt=0)]], Field(min_length=1)
    ]  # in the outcome's unit
    least: Annotated[int, Field(ge=3)] = 3
    most: Annotated[int, Field(ge=3, le=MOST_RUNS)] = 100

    @model_validator(mode="after")
    def _in_order(self) -> Precision:
        if self.least > self.most:
            raise Refusal(
                zh=f"least 为 {self.least}，大于 most（{self.most}）",
                en=f"least is {self.least}, more than most, which is {self.most}",
            )
        return self


class Design(Strict):
    """A design file in ``scenarios/sweeps/``."""

    title: Words
    scenario: str = "full_plan"
    levers: Block | None = None
    uncertainties: Block | None = None
    combine: Literal["crossed", "nested"] = "crossed"
    replications: Annotated[int, Field(ge=1, le=MOST_RUNS)] | Precision = 10

    @model_validator(mode="after")
    def _something(self) -> Design:
        if self.levers is None and self.uncertainties is None:
            raise Refusal(zh="应写 levers、uncertainties 或两者", en="give levers, uncertainties or both")
        return self

    def with_draws(self, draws: int) -> Design | None:
        """The same with another number of draws, where exactly one block draws a number of them; else None."""
        blocks = {"levers": self.levers, "uncertainties": self.uncertainties}
        drawing = [
            (place, name)
            for place, block in blocks.items()
            for name in ("latin_hypercube", "sobol")
            if block is not None and getattr(block, name) is not None
        ]
        if len(drawing) != 1:
            return None
        [(place, name)] = drawing
        sampled = getattr(blocks[place], name).model_copy(update={"draws": draws})
        return self.model_copy(update={place: blocks[place].model_copy(update={name: sampled})})  # type: ignore[union-attr]


class Draws:
    """The draws of a design. ``folder`` is where a CSV file is looked for.

    Raises :class:`ScenarioError` for a range or a file that is not understood, and for a lever in both blocks.
    """

    def __init__(self, design: Design, folder: Path = Path()) -> None:
        self.design, self.folder = design, folder
        paths = [*self._levers[0], *self._uncertainties[0]]
        twice = [f"{first}, {path}" for k, path in enumerate(paths) for first in paths[:k] if same(first) == same(path)]
        if twice:
            raise ScenarioError([ValidationError("set_twice", "", None, "", both, IN_ONE_BLOCK) for both in twice])

    @cached_property
    def _levers(self) -> list[dict[str, Any]]:
        return [{}] if self.design.levers is None else points(self.design.levers, self.folder)

    @cached_property
    def _uncertainties(self) -> list[dict[str, Any]]:
        block = self.design.uncertainties
        if block is None:
            return [{}]
        repeated = len(self._levers) if self.design.combine == "nested" else 1
        return points(block, self.folder, repeated)

    def __len__(self) -> int:
        nested = self.design.combine == "nested" and self.design.uncertainties is not None
        return len(self._uncertainties) if nested else len(self._levers) * len(self._uncertainties)

    def levers(self, draw: int) -> dict[str, Any]:
        """What draw ``draw`` changes: dotted path to value, levers first. Its neighbours differ in uncertainties."""
        of_each = len(self) // len(self._levers)
        lever, world = divmod(draw, of_each)
        if self.design.combine == "nested":
            world = draw
        return self._levers[lever] | self._uncertainties[world]

    def levers_of(self, lever_draw: int) -> dict[str, Any]:
        """What one draw of the levers changes."""
        return self._levers[lever_draw]

    def lever_draw(self, draw: int) -> int:
        """Which draw of the levers it belongs to."""
        return draw // (len(self) // len(self._levers))

    def scenario(self, draw: int, fixed: Mapping[str, Any]) -> Scenario:
        """What draw ``draw`` asks; ``fixed`` levers hold in every draw."""
        return load(self.design.scenario, fixed, self.levers(draw))

    @property
    def factors(self) -> list[Factor]:
        """What its sampled blocks vary."""
        return [*_factors(self.design.levers), *_factors(self.design.uncertainties)]

    def check(self, fixed: Mapping[str, Any], firms: Firms) -> None:
        """Say what is wrong with any draw before hours of runs; see :func:`check_draws`."""
        levers, worlds = (
            trials(_factors(block)) if _factors(block) else stated
            for block, stated in (
                (self.design.levers, self._levers), (self.design.uncertainties, self._uncertainties)
            )
        )  # fmt: skip
        check_draws(self.design.scenario, fixed, levers, worlds, firms)


def check_draws(
    scenario: str | Path | Scenario,
    fixed: Mapping[str, Any],
    levers: Sequence[Mapping[str, Any]],
    worlds: Sequence[Mapping[str, Any]],
    firms: Firms,
) -> None:
    """Say what is wrong with any of many draws before hours of runs: each value of levers and worlds is tried once.

    Raises :class:`ScenarioError` for one that is not understood, and :class:`StudyError` for a path that changes
    nothing in any draw, and for a number of firms that is given twice.
    """
    drawn = [(lever, worlds[0]) for lever in levers] + [(levers[0], world) for world in worlds[1:]]
    idle: set[str] | None = None
    for lever, world in drawn:
        try:
            [asked] = sized([load(scenario, fixed, {**lever, **world})], firms)
        except ScenarioError as refused:
            raise ScenarioError(_placed(error, lever, world) for error in refused.errors) from None
        idle = {*asked.unused} if idle is None else idle & {*asked.unused}
    for path in sorted(idle or ()):
        raise _idle(path, asked.name)


def _placed(error: ValidationError, *draws: Mapping[str, Any]) -> ValidationError:
    """A validation error of a lever where its value is written: in a row of a table, if it comes from one."""
    for row in draws:
        if isinstance(row, Row) and any(f"{error.field}.".startswith(f"levers.{path}.") for path in row):
            return replace(error, file=row.file, line=row.line, field=error.field.removeprefix("levers."))
    return error


def _idle(path: str, scenario: str) -> StudyError:
    """That a lever can change nothing in a scenario, and what would let it."""
    first, *rest = path.split(".")
    measure = catalogue(scenarios_folder()).measures.get(first)
    if measure is not None:
        where = f"measures: [{first}]", f"actions: [{measure.action}]"
        return StudyError(
            zh=f"情景 {scenario} 没有启用措施 {first}，{path} 不会改变任何结果；请改用启用它的情景，"
            f"或在情景文件中写 {where[0]} 或 {where[1]} 启用。",
            en=f"The measure {first} is not switched on in {scenario}, so {path} changes nothing; ask about a scenario "
            f"in which it is, or switch it on in a scenario file with {where[0]} or {where[1]}.",
        )
    zh, en = {
        "funds": (
            f"动用资金 {rest[0] if rest else ''} 的措施",
            f"measure that draws on the fund {rest[0] if rest else ''}",
        ),
        "plan": ("起止日期取决于方案日期的措施", "measure whose days hang on those of the plan"),
    }.get(first, ("具有这一政策参数的措施", "measure that has such a value"))
    return StudyError(
        zh=f"情景 {scenario} 没有启用任何{zh}，{path} 不会改变任何结果；请改用启用了这类措施的情景。",
        en=f"No {en} is switched on in {scenario}, so {path} changes nothing; ask about a scenario in which one is.",
    )


def _factors(block: Block | None) -> list[Factor]:
    """What a block that is sampled varies; nothing of another."""
    sampled = None if block is None else block.sobol or block.latin_hypercube
    return [] if sampled is None else sampled.factors()


def points(block: Block, folder: Path = Path(), repeated: int = 1) -> list[dict[str, Any]]:
    """The draws of one block, dotted path to value; of a sampled one ``repeated`` times as many, all different.

    Raises :class:`StudyError` for more combinations than can be held.
    """
    if block.grid is not None:
        combinations = math.prod(map(len, block.grid.values())) * repeated
        if combinations > MOST_DRAWS:
            raise StudyError(
                zh=f"取值的组合有 {combinations} 种，超过 {MOST_DRAWS} 种；请减少取值，或抽样（sobol）。",
                en=f"The grid has {combinations} combinations, more than {MOST_DRAWS}: give fewer values, or draw them "
                "(sobol).",
            )
        found = [dict(zip(block.grid, values, strict=True)) for values in itertools.product(*block.grid.values())]
        return found * repeated
    if block.list is not None:
        return [
            dict(zip(block.list, values, strict=True)) for values in zip(*block.list.values(), strict=True)
        ] * repeated
    if block.csv is not None:
        return _read(folder / block.csv) * repeated
    sampled = block.sobol or block.latin_hypercube
    assert sampled is not None  # the block has one of its fields
    factors = sampled.factors()
    drawn = sample("sobol" if block.sobol else "latin_hypercube", factors, sampled.draws, sampled.seed, repeated)
    return [at(factors, point) for point in drawn]


def sample(
    kind: Literal["sobol", "latin_hypercube"], factors: list[Factor], draws: int, seed: int, repeated: int = 1
) -> list[list[float]]:
    """Points of the unit cube, one a draw; ``repeated`` times as many, all different.

    Raises :class:`StudyError` for more draws of a posterior than it has where nothing else varies: some would be alike.
    """
    from scipy.stats import qmc

    alone = factors[0].posterior if len(factors) == 1 else None
    if alone is not None and draws > len(alone.draws):
        there = len(alone.draws)
        raise StudyError(
            zh=f"后验分布只有 {there} 组抽样，又没有别的变动，抽 {draws} 次会有重复：至多抽 {there} 次，"
            "或让疫情、物流和过峰也变动（over: worlds）。",
            en=f"The posterior has {there} draws and nothing else varies, so {draws} would repeat them: ask for at "
            f"most {there}, or let outbreak, logistics and wave vary too (over: worlds).",
        )
    count = draws * repeated
    if kind == "latin_hypercube":
        return qmc.LatinHypercube(d=len(factors), seed=seed).random(count).tolist()  # type: ignore[no-any-return]
    whole = 1 << (count - 1).bit_length()  # a power of two keeps the sequence's balance, and its beginning is the same
    return qmc.Sobol(d=len(factors), seed=seed).random(whole)[:count].tolist()  # type: ignore[no-any-return]


class Row(dict[str, Any]):
    """A draw from a CSV file: dotted path to value, and where it is written."""

    def __init__(self, values: Mapping[str, Any], file: str, line: int | None) -> None:
        super().__init__(values)
        self.file, self.line = file, line


def _read(file: Path) -> list[dict[str, Any]]:
    """Draws from a CSV file whose cells are YAML values, as of ``--lever``."""
    rows, name = _rows(file), display(file)
    if len(rows) < 2:
        few = Words(zh=f"{len(rows)} 行", en=f"{len(rows)} rows")
        raise ScenarioError([ValidationError("wrong_length", name, None, "", few, A_HEAD_AND_ROWS)])
    paths = [path.strip() for path in rows[0][1]]
    cells = [(ValidationError("reason", name, line, "", ""), row) for line, row in rows[1:]]
    wrong = [
        replace(place, kind="wrong_length", found=shown(row), allowed=Words(zh=f"{n} 列", en=f"{n} columns"))
        for place, row in cells
        if len(row) != (n := len(paths))
    ]
    if wrong:
        raise ScenarioError(wrong)
    refuse_twice([(path, cell) for path, cell in zip(paths, rows[1][1], strict=True)], name, rows[0][0])
    return [
        Row(
            {path: value_of(cell, replace(place, field=path)) for path, cell in zip(paths, row, strict=True)},
            name,
            place.line,
        )
        for place, row in cells
    ]
    if wrong:
        raise ScenarioError(wrong)
    return [
        {path: value_of(cell, replace(place, field=path)) for path, cell in zip(paths, row, strict=True)}
        for place, row in cells
    ]


def _rows(file: Path) -> list[tuple[int, list[str]]]:
    """Rows of a CSV file, each with the line on which it begins."""
    source = csv.reader(io.StringIO(text_of(file), newline=""))
    rows, line = [], 1
    for row in source:
        if row:
            rows.append((line, row))
        line = source.line_num + 1
    return rows


def column(values: Iterable[Any]) -> list[Any]:
    """Values of a lever as a column of one kind, which a stored table can hold: as they are, or all of them as texts.

    None stands for no value.
    """
    cells = [None if value is None else cell(value) for value in values]
    kinds = {
        bool if isinstance(there, bool) else str if isinstance(there, str) else float
        for there in cells
        if there is not None
    }
    if len(kinds) <= 1:
        return cells
    return [there if there is None or isinstance(there, str) else json.dumps(there) for there in cells]


def cell(value: Any) -> Any:
    """A lever's value as it stands in a table: a number or a text; a table by date, a list or a day as JSON."""
    if isinstance(value, bool | int | float | str):
        return value
    return json.dumps(to_jsonable_python(value), ensure_ascii=False).strip('"')
