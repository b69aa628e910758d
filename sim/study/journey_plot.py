"""The picture of a journey: cash of each firm in both worlds, when it was stopped, what reached it, how it ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import DateFormatter, date2num

from sim.study.comparison.journey import REACHED, stops

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.study.comparison.journey import Journey

Label = Callable[[str, str], str]  # word for a name in a group of the catalogue
FEN_PER_WAN: Final = 10**6
COLOURS: Final = ("#0b6e69", "#8a5a2b")  # under the scenario, against it
LEVELS: Final = 4  # heights at which neighbouring clauses are written


def draw(journey: Journey, label: Label) -> Figure:
    """One panel a firm; ``label`` gives words for (``world``, scenario), (``sector``, name), (``axis``, ``cash``)."""
    firms = journey.firms.to_dict("records")
    figure, grid = plt.subplots(len(firms), 1, figsize=(11, 3.4 * len(firms)), layout="constrained", squeeze=False)
    plt.close(figure)
    worlds = (journey.scenario.name, journey.against.name)
    for axes, firm in zip(grid[:, 0], firms, strict=True):
        for world, colour in zip(worlds, COLOURS, strict=True):
            events = journey.events[(journey.events["world"] == world) & (journey.events["firm"] == firm["firm"])]
            _draw_world(axes, events.assign(date=pd.to_datetime(events["date"])), world, colour, label)
        _draw_clauses(axes, journey.events[journey.events["firm"] == firm["firm"]], worlds[0])
        place = ", ".join(label(group, str(firm[group])) for group in ("sector", "size", "prefecture"))
        fate = f" — {label('fate', firm['fate'])}" if firm["fate"] else ""
        axes.set_title(f"{firm['firm']}: {place}{fate}", loc="left", fontsize=10)
        axes.set_ylabel(label("axis", "cash"))
        axes.xaxis.set_major_formatter(DateFormatter("%Y-%m"))  # type: ignore[no-untyped-call]
        axes.axhline(0, color="#d9dee3", linewidth=1, zorder=0)
        axes.set_ylim(-0.04 * axes.get_ylim()[1], 1.3 * axes.get_ylim()[1])  # room for the clauses
    grid[0, 0].legend(loc="upper right", fontsize=8, frameon=False)
    return figure


def _draw_world(axes: Axes, events: pd.DataFrame, world: str, colour: str, label: Label) -> None:
    if events.empty:
        return
    cash = events.groupby("date")["cash_fen"].last() / FEN_PER_WAN
    axes.step(
        cash.index.to_numpy(), cash.to_numpy(), where="post", color=colour, linewidth=1.6, label=label("world", world)
    )
    for first, last in stops(zip(events["date"].dt.date.astype(str), events["event"], strict=True)):
        span = (float(date2num(pd.Timestamp(day))) for day in (first, last))  # type: ignore[no-untyped-call]
        axes.axvspan(*span, color=colour, alpha=0.13, linewidth=0)
    exits = events[events["event"] == "exited"]
    if len(exits):
        axes.plot(exits["date"].to_numpy(), [0], "X", color=colour, markersize=9)
        axes.annotate(
            label("exit_cause", exits["flow"].iloc[0]), (exits["date"].iloc[0], 0), (-8, 8), textcoords="offset points",
            fontsize=8, color=colour, ha="right",
        )  # fmt: skip


def _draw_clauses(axes: Axes, events: pd.DataFrame, world: str) -> None:
    """The clause of each measure where its money first reaches the firm."""
    reached = events[(events["world"] == world) & events["event"].isin(REACHED) & (events["clause"] != "")]
    first = reached.drop_duplicates("measure").groupby("date", sort=True)["clause"].unique()
    for index, (date, clauses) in enumerate(first.items()):
        day = pd.Timestamp(str(date))
        height = 0.97 - 0.075 * (index % LEVELS)
        axes.axvline(float(date2num(day)), color=COLOURS[0], linewidth=0.6, linestyle=":")  # type: ignore[no-untyped-call]
        axes.annotate(
            "; ".join(clauses), (day, height), (3, 0), xycoords=("data", "axes fraction"),
            textcoords="offset points", fontsize=7, color=COLOURS[0], va="top",
        )  # fmt: skip
