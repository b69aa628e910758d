"""A working day of the offices: desks decide, then banks lend.

One kernel for both: to hand the columns of a small province over takes longer than what most offices do in a day.
"""

from __future__ import annotations

from sim.institutions.banks import Banks, lend
from sim.institutions.desks import Desks, serve
from sim.institutions.province import Province
from sim.kernels import outermost


@outermost
def work(desk, bank, next_working_day, clock, state):  # type: ignore[no-untyped-def]
    """A working day of the desks, and of the banks if anybody waits for a loan."""
    serve(desk, next_working_day, clock, state)
    if state.queues.waiting[state.loan_item].any():
        lend(bank, clock, state)


class Offices:
    """The offices of the province."""

    def __init__(self, province: Province, desks: Desks, banks: Banks) -> None:
        self.province, self.desk, self.bank = province, desks.desk, banks.bank

    def work(self, day: int) -> None:
        """A working day."""
        state = self.province.state
        following = int(min(state.ready_day[day, 1], len(state.queues.due_head) - 1))
        work(self.desk, self.bank, following, self.province.clock(day), state)
