"""The picture of a race: firm-months a second by number of firms, a line a framework, both axes logarithmic."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import matplotlib

if TYPE_CHECKING:
    from benchmarks.peers.race import Row

OURS_COLOUR: Final = "#b3261e"
# Of one lightness and apart for the colour-blind; the label at the end of each line says which it is.
PEER_COLOURS: Final = ("#0072b2", "#cc79a7", "#009e73", "#8a6d00", "#56606b")
CLOSEST: Final = 1.32  # labels nearer to each other than this factor are moved apart


def label_heights(ends: Sequence[float]) -> list[float]:
    """Heights for the labels of lines that end at ``ends`` (highest first), each a factor below the one above it."""
    heights: list[float] = []
    for end in ends:
        heights.append(min(end, heights[-1] / CLOSEST) if heights else end)
    return heights


def draw(rows: Sequence[Row], machine: dict[str, Any], path: Path) -> None:
    """Write the picture of a race as SVG."""
    matplotlib.use("svg")
    from matplotlib import pyplot

    largest = max(row.firms for row in rows)
    ends = sorted((row for row in rows if row.firms == largest), key=lambda row: -row.firm_months_per_second)
    ours = min(ends, key=lambda row: abs(row.ours_times_as_fast - 1.0)).framework
    style: dict[Any, Any] = {
        "svg.fonttype": "none",
        "svg.hashsalt": "peers",
        "font.family": "sans-serif",
        "font.size": 10,
    }
    with pyplot.rc_context(style):
        figure, axes = pyplot.subplots(figsize=(8.6, 4.4))
        colours = iter(PEER_COLOURS)
        heights = label_heights([end.firm_months_per_second for end in ends])
        for end, height in zip(ends, heights, strict=True):
            line = sorted((row for row in rows if row.framework == end.framework), key=lambda row: row.firms)
            is_ours = end.framework == ours
            colour = OURS_COLOUR if is_ours else next(colours)
            axes.plot(
                [row.firms for row in line],
                [row.firm_months_per_second for row in line],
                marker="o",
                markersize=4,
                color=colour,
                linewidth=2.4 if is_ours else 1.4,
            )
            speed = end.firm_months_per_second
            said = f"{speed / 1e6:.0f} m" if speed >= 1e7 else f"{speed / 1e6:.1f} m" if speed >= 1e6 else ""
            said = said or f"{speed / 1e3:.0f} k"
            label = f"{end.framework}  {said}" + ("" if is_ours else f"  (1/{end.ours_times_as_fast:.0f})")
            axes.annotate(
                label, (largest, height), xytext=(10, 0), textcoords="offset points", va="center", color=colour,
                weight="bold" if is_ours else "normal", annotation_clip=False,
            )  # fmt: skip
        axes.set_xscale("log")
        axes.set_yscale("log")
        sizes = sorted({row.firms for row in rows})
        axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
        axes.minorticks_off()
        axes.set_xlabel("firms")
        axes.set_ylabel("firm-months a second")
        axes.set_title("One small model, the same outcome to the fen, one process each", loc="left", fontsize=11)
        axes.grid(axis="y", color="#dddddd", linewidth=0.7)
        axes.spines[["top", "right"]].set_visible(False)
        figure.text(
            0.01, 0.01, f"{machine['processor']}, Python {machine['python']}; building and compiling not counted",
            color="#666666", fontsize=8,
        )  # fmt: skip
        figure.subplots_adjust(left=0.09, right=0.70, top=0.91, bottom=0.17)
        figure.savefig(path, format="svg", metadata={"Date": None})
        pyplot.close(figure)
