"""Outcomes over firms of one's own choice, by the definitions that outcomes have.

A rate keeps its universe: its plain name is of the enterprises among these firms, and its variants of all of them or of
the individual businesses. Conditions that name a universe or sizes say themselves of whom rates are: then the plain
names are of just these firms, and there are no variants.

What is counted of firms is counted by *cell* (prefecture, sector, size), so an outcome of some cells is that outcome of
their sums. Universes of cells are all firms, individual businesses (of that size) and enterprises (of the others).
Industry above scale is no union of cells: its rates are read from the table ``universes``, and nothing else is
known of it. What is counted by measure, by winner or for all banks together is refused by name (``Outcome.undivided``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sim.observe.conditions import OF_FIRMS, Where, understood
from sim.observe.months import RATES, rates_by_month
from sim.observe.outcomes import OUTCOMES, OfUniverses, of_counts, target_month
from sim.observe.outcomes import RATES as ALL_RATES
from sim.refusal import Refusal, UnknownName
from sim.vocabulary import COUNTED_BY, HEADLINE_UNIVERSE, INDIVIDUAL, SIZES

if TYPE_CHECKING:
    import pandas as pd

CELL: Final = ("prefecture", "sector", "size")
# Counts of the panel, in the last month.
AT_END: Final = ("founders", "founders_alive", "exited", "exited_insolvent", "born", "staff")
AT_TARGET: Final = (
    "open", "suspended", "paused", "stopped", "stopped_working", "stopped_left_working", "loss_making",
    "loss_making_with_owner", "overdue_public_fen", "small_arrears_fen",
)  # fmt: skip  # and in the month of a target
GOT: Final = ("given_fen", "rows")  # over the horizon, of firms: what they were given; founders' rows of the sample
ALIVE_AT_TARGET: Final = "founders_alive_in_month"  # `founders_alive` in the month of the targets
COUNTS: Final = (*AT_END, *AT_TARGET, ALIVE_AT_TARGET, *GOT)
RUN: Final = ("scenario", "replication")
ABOVE_SCALE: Final = "industry_above_scale"
OF_SIZES: Final = {
    "all": SIZES,
    "individual_businesses": (INDIVIDUAL,),
    "enterprises": tuple(size for size in SIZES if size != INDIVIDUAL),
}


def got(fates: pd.DataFrame) -> pd.DataFrame:
    """What firms of each cell were given by measures, and how many founders' rows are in it: CELL, GOT."""
    import pandas as pd

    parts = [fates[name].cat for name in CELL]
    shape = tuple(len(part.categories) for part in parts)
    place = np.ravel_multi_index(tuple(part.codes.to_numpy() for part in parts), shape)
    amounts = [column for column in map(str, fates) if column.startswith("given_")]
    given = fates[amounts].to_numpy().sum(axis=1)
    # Sums of whole fen below 2**53 are exact.
    weighted = np.bincount(place, fates["entities"].to_numpy().astype(float) * given, int(np.prod(shape)))
    rows = np.bincount(place, fates["founder"].to_numpy().astype(float), len(weighted))
    there = np.flatnonzero(np.bincount(place, minlength=len(weighted)))
    names = np.unravel_index(there, shape)
    table = {
        name: np.asarray(part.categories, object)[codes] for name, part, codes in zip(CELL, parts, names, strict=True)
    }
    return pd.DataFrame(table | {"given_fen": weighted[there], "rows": rows[there]})


def read_in(months: Sequence[str], read_on: Callable[[str], date]) -> dict[str, str]:
    """The month of each outcome that is read on the day of a target and can be told of some firms.

    ``months``: of the horizon. ``read_on``: the day in whose month an outcome is read.
    """
    return {
        name: target_month(months, read_on(name))
        for name, outcome in OUTCOMES.items()
        if outcome.read == "target" and outcome.undivided is None
    }


def cells(panel: pd.DataFrame, months: Iterable[str]) -> pd.DataFrame:
    """What outcomes read of the panel of a run: CELL, AT_END, month, AT_TARGET, ALIVE_AT_TARGET.

    A cell has a row for each of ``months``, those in which outcomes are read on the days of targets.
    """
    import pandas as pd

    of_row = panel["month"].to_numpy()
    end = panel.loc[of_row == of_row[-1], [*CELL, *AT_END]].reset_index(drop=True)
    tables: list[pd.DataFrame] = []
    for month in dict.fromkeys(months):
        target = panel[of_row == month]  # the same cells in the same order
        table = end.assign(month=month)
        table[[*AT_TARGET, ALIVE_AT_TARGET]] = target[[*AT_TARGET, "founders_alive"]].to_numpy()
        tables.append(table)
    found: pd.DataFrame = pd.concat(tables, ignore_index=True)
    return found


def once(counted: pd.DataFrame) -> pd.DataFrame:
    """Each cell once, of a table that has it for each month in which targets are read."""
    first: pd.DataFrame = counted[counted["month"] == counted["month"].iloc[0]] if len(counted) else counted
    return first


def with_what_was_given(counted: pd.DataFrame, given: pd.DataFrame | None) -> pd.DataFrame:
    """The same with GOT from a table of :func:`got`, cell by cell (and run by run); missing where there is none."""
    if given is None:
        return counted.assign(**dict.fromkeys(GOT, np.nan))
    keys = [name for name in given if name not in GOT]
    known: pd.DataFrame = counted.merge(given, on=keys, how="left").fillna(dict.fromkeys(GOT, 0.0))
    return known


def chosen(where: Where) -> dict[str, list[str]]:
    """The conditions on cells that ``where`` comes to. Raises :class:`Refusal` for what is not understood."""
    asked = check(where)
    if is_above_scale(asked):
        return asked
    sizes = {size for universe in asked.pop("universe", ["all"]) for size in OF_SIZES[universe]}
    if sizes != {*SIZES}:
        asked["size"] = [size for size in asked.get("size", SIZES) if size in sizes]
    return asked


def check(where: Where) -> dict[str, list[str]]:
    """The conditions in the names that tables use. Raises :class:`Refusal` for what cannot be meant."""
    asked = understood(where, OF_FIRMS)
    is_above_scale(asked)
    return asked


def is_above_scale(asked: dict[str, list[str]]) -> bool:
    """Whether conditions are for industry above scale. Raises :class:`Refusal` for that and something else."""
    if ABOVE_SCALE not in asked.get("universe", ()):
        return False
    if asked != {"universe": [ABOVE_SCALE]}:
        raise Refusal(
            zh=f"{ABOVE_SCALE} 只能单独作条件：它不按州市、行业和规模计数。",
            en=f"{ABOVE_SCALE} stands alone: it is not counted by prefecture, sector and size.",
        )
    return True


def says_of_whom(asked: dict[str, list[str]]) -> bool:
    """Whether conditions, as given or as :func:`chosen` reads them, say of which firms rates are."""
    return not {"universe", "size"}.isdisjoint(asked)


def named(outcomes: Iterable[str] | None, asked: dict[str, list[str]], is_kept: bool) -> list[str]:
    """The outcomes that are asked for, of None all that can be told of these firms, in the order of ``OUTCOMES``.

    ``is_kept``: whether it is known what each firm was given. Raises :class:`Refusal` for one that cannot be told,
    with the reason.
    """
    reasons: dict[str, tuple[str, str]] = {}
    above = is_above_scale(asked)
    for name, outcome in OUTCOMES.items():
        if says_of_whom(asked) and outcome.base != name:
            reasons[name] = "条件已指明统计口径", "the conditions say of whom rates are"
        elif outcome.undivided is not None:
            reasons[name] = outcome.undivided.zh, outcome.undivided.en
        elif above and name not in ALL_RATES:
            reasons[name] = "规模以上工业企业只统计各项比率", "of industry above scale only rates are counted"
        elif name == "money_given" and not is_kept:
            reasons[name] = "这些运行没有保留各企业所得", "these runs have not kept what each firm was given"
    if outcomes is None:
        return [name for name in OUTCOMES if name not in reasons]
    found = list(outcomes)
    for name in found:
        if name not in OUTCOMES:
            raise UnknownName("outcome", name, OUTCOMES)
        if name in reasons:
            zh, en = reasons[name]
            raise Refusal(zh=f"{name} 不能按企业划分：{zh}。", en=f"{name} cannot be told of some firms: {en}.")
    return [name for name in OUTCOMES if name in found]


def pick(table: pd.DataFrame, asked: dict[str, list[str]]) -> pd.DataFrame:
    """The rows of a table of cells that meet the conditions. Raises :class:`Refusal` when there are none."""
    held = np.ones(len(table), np.bool_)
    for name, values in asked.items():
        held &= table[name].isin(values).to_numpy()
    if not held.any():
        said = ", ".join(f"{name}={'|'.join(values)}" for name, values in asked.items())
        raise Refusal(zh=f"没有企业符合条件：{said}。", en=f"No firm meets the conditions: {said}.")
    return table[held]


def sums_of_universes(chosen_cells: pd.DataFrame, asked: dict[str, list[str]]) -> Mapping[tuple[str, int], OfUniverses]:
    """COUNTS of the firms that are chosen, run by run, by universe, by firms; see the head of the module."""
    found: dict[tuple[str, int], dict[tuple[str, str], dict[str, int]]] = {}
    for universe, sizes in OF_SIZES.items():
        whole = universe == "all" or (universe == HEADLINE_UNIVERSE and says_of_whom(asked))
        cells = chosen_cells.assign(within=whole | chosen_cells["size"].isin(sizes).to_numpy())
        counts = cells[list(COUNTS)].where(cells["within"], 0)
        sums = counts.groupby([cells[name] for name in RUN], sort=False, observed=True).sum(min_count=1)
        for (scenario, replication), numbers in zip(sums.index, sums.to_numpy().tolist(), strict=True):
            of_run = found.setdefault((scenario, replication), {})
            of_run[universe, COUNTED_BY[0]] = dict(zip(COUNTS, numbers, strict=True))
    return found


def told(
    counted: pd.DataFrame, rates: pd.DataFrame, where: Where, outcomes: Sequence[str] | None, months: Mapping[str, str]
) -> pd.DataFrame:
    """Outcomes of some firms in each of several runs: scenario, replication, outcome, value, unit.

    ``months``: see :func:`read_in`. ``counted``: :func:`cells` of the runs, ``rates``:
    :func:`sim.observe.months.rates_by_month` of their universes, both with scenario and replication. See
    :meth:`sim.observe.tables.Result.outcomes_of` for the rest.
    """
    import pandas as pd

    asked = chosen(where)
    is_kept = len(counted) > 0 and bool(counted["given_fen"].notna().all())
    names = named(outcomes, asked, is_kept)
    rows: list[tuple[str, int, str, float]] = []
    if is_above_scale(asked):
        meant = rates[(rates["universe"] == "industry_above_scale") & (rates["by"] == COUNTED_BY[0])]
        for name in names:
            month = months.get(name, meant["month"].max())
            column = name if name in RATES else RATES[0]  # survival on another day
            there = meant.loc[meant["month"] == month, [*RUN, column]].itertuples(index=False)
            rows += [(scenario, replication, name, float(rate)) for scenario, replication, rate in there]
    else:
        picked = pick(counted, asked)
        first = str(picked["month"].iloc[0])
        seen = {}
        for month in {months.get(name, first) for name in names}:
            for run, of_universes in sums_of_universes(picked[picked["month"] == month], asked).items():
                at_target = {of: {**c, "founders_alive": c[ALIVE_AT_TARGET]} for of, c in of_universes.items()}
                seen[run, month] = of_counts(of_universes["all", COUNTED_BY[0]], of_universes, at_target)
        runs = dict.fromkeys(run for run, _ in seen)
        rows += [(*run, name, OUTCOMES[name].of(seen[run, months.get(name, first)])) for run in runs for name in names]
    table = pd.DataFrame(rows, columns=[*RUN, "outcome", "value"])
    return table.assign(unit=[OUTCOMES[name].unit for name in table["outcome"]])


def told_of_one(
    panel: pd.DataFrame,
    universes: pd.DataFrame,
    fates: pd.DataFrame,
    months: Mapping[str, str],
    where: Where,
    outcomes: Sequence[str] | None,
) -> pd.DataFrame:
    """The same of one run by its tables (fates may be empty): outcome, value, unit, rows (missing: not known)."""
    run: dict[str, Any] = {"scenario": "", "replication": 0}
    given = got(fates) if len(fates) else None
    counted = with_what_was_given(cells(panel, months.values()), given).assign(**run)
    rates = rates_by_month(universes.assign(**run))
    found = told(counted, rates, where, outcomes, months)[["outcome", "value", "unit"]]
    asked = chosen(where)
    return found.assign(rows=np.nan if is_above_scale(asked) else pick(once(counted), asked)["rows"].sum(min_count=1))
