"""How soon the planner's desk has numbers after a change: of what it is about, with workers that are warm.

    python -m benchmarks.desk [--changes 20] [--workers 2]

Prints, in seconds, the median and the worst of so many changes of a lever until the first numbers were told, and how
long the first refined replication took. Each change is one that nobody has made before, and comes while runs of the
change before it are under way.
"""

from __future__ import annotations

import argparse
from statistics import median
from threading import Event
from time import monotonic, sleep
from typing import Final

from sim.desk.background import FIRST_ROWS, Background
from sim.desk.numbers import Numbers
from sim.desk.state import Desk
from sim.study.runs.specification import SAMPLE

LEVER: Final = "rent_waiver.share"
READING: Final = 2.5  # seconds between two changes, in which runs of the first are refined
PATIENCE: Final = 600.0


class Waiting:
    """Hears what is told, and when the first and the first refined numbers of the last change were."""

    def __init__(self) -> None:
        self.first, self.refined = Event(), Event()
        self.reason = ""  # why there will be none

    def __call__(self, numbers: Numbers) -> None:
        """What a session tells."""
        if numbers.reason is not None:
            self.reason = numbers.reason.en
            self.first.set()
            self.refined.set()
        if numbers.comparison is not None:
            self.first.set()
            if numbers.firms > FIRST_ROWS:
                self.refined.set()

    def again(self) -> None:
        """Before another change."""
        self.first.clear()
        self.refined.clear()


def times(changes: int, workers: int) -> tuple[list[float], float, float]:
    """Seconds until first numbers of each change, until the first refined ones of the last, and of starting warm."""
    began, is_warm, waiting = monotonic(), Event(), Waiting()
    with Background(workers) as background:
        background.warm(is_warm.set)
        is_warm.wait(PATIENCE)
        warm = monotonic() - began
        desk, session, found = Desk.new("en"), background.session(waiting), []
        for number in range(changes + 1):
            waiting.again()
            desk = desk.changed(desk.what_if.with_lever(LEVER, round(0.5 + number / (3 * changes), 4)))
            began = monotonic()
            session.show(desk)
            waiting.first.wait(PATIENCE)
            found.append(monotonic() - began)
            if waiting.reason:
                raise SystemExit(waiting.reason)
            sleep(READING)
        waiting.refined.wait(PATIENCE)
        refined = monotonic() - began
    return found[1:], refined, warm  # the first one reads what all others have in common


def main() -> None:
    """Time the desk and print it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--changes", type=int, default=20)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    found, refined, warm = times(asked.changes, asked.workers)
    print(f"warm after {warm:.1f} s, {asked.workers} workers")
    print(f"first numbers ({FIRST_ROWS:,} sample firms) of {len(found)} changes:", end=" ")
    print(f"median {median(found):.2f} s, worst {max(found):.2f} s")
    print(f"first refined numbers ({SAMPLE:,} sample firms): {refined:.1f} s")


if __name__ == "__main__":
    main()
