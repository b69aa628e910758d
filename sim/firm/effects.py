"""What measures can do: every effect is declared here once, and nowhere else.

An entry makes a row for each measure, what stands in it while a measure does nothing of the kind, and how the measures
in force make one value. An instrument writes the row of its measure by name; institutions and kernels read what the
measures say together by the same name and never ask which measure it was. Sizes of axes are given when a run begins.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.kernels import columns

# `prefecture` is where the firms are that a measure reaches, `office` where those are who deliver: the same places, but
# whom a measure is for does not narrow whose offices work otherwise.
Axis = Literal["measure", "county", "prefecture", "office", "sector", "size", "agency"]
NO_LIMIT: Final = 2**62  # fen
FAR: Final = 2**30  # a day beyond every horizon
TOGETHER: Final[Mapping[str, np.ufunc]] = {
    "product": np.multiply, "sum": np.add, "max": np.maximum, "min": np.minimum,
}  # fmt: skip


class Effect(NamedTuple):
    """One thing that a measure can do.

    ``shape``: the axes over which it may differ; ``neutral``: its value for a measure that does nothing of the kind;
    ``combine``: how the values of the measures in force make one, None where kernels go through a firm's own measures
    one by one and read their rows; ``dtype``: what kind of number it is.
    """

    name: str
    shape: tuple[Axis, ...]
    neutral: float
    combine: Literal["product", "sum", "max", "min"] | None = None
    dtype: type[np.generic] = np.float64


EFFECTS: Final = (
    # Of a firm that has the measure, or qualifies for it where it takes no asking.
    Effect("kind", (), 0, dtype=np.int8),  # RELIEF, DEFERRAL, PAYMENT and so on of `sim.firm.state`, 0 for none
    Effect("flows", (), 0, dtype=np.uint32),  # bits over FLOWS: the bills that it relieves or puts off
    Effect("share", (), 0.0),  # of a bill that is relieved or put off
    Effect("months", (), 0, dtype=np.int16),  # bills relieved
    Effect("tops_up", (), -1, dtype=np.int16),  # measure whose months are counted in, -1 for none
    Effect("paid_since", (), FAR, dtype=np.int32),  # month of the horizon from which rent already paid is given back
    Effect("rate_cap", (), 1.0),  # a year; interest above it is not relieved
    Effect("deferral_until", (), FAR, dtype=np.int32),  # last day on which a bill may be put off
    Effect("repay_from", (), FAR, dtype=np.int32),
    Effect("instalments", (), 1, dtype=np.int16),
    Effect("loan_months", (), 0, dtype=np.int16),  # by which a maturing loan is moved
    Effect("base", (), 0, dtype=np.int8),  # of a payment, index into BASES of `sim.firm.state`
    Effect("unit", (), 0.0),  # share, or fen a unit, of the base
    Effect("cap", (), NO_LIMIT, dtype=np.int64),  # fen a payment
    Effect("monthly", (), False, dtype=np.bool_),  # paid every month while it lasts
    Effect("quota", (), -1, dtype=np.int64),  # entities of the province to be chosen, -1 for none
    Effect("by_itself", (), False, dtype=np.bool_),  # whoever qualifies has it, without asking
    Effect("demand", (), 1.0),  # factor on sales
    Effect("materials", (), 1.0),  # factor on materials
    Effect("young_churn", (), 1.0),  # factor on ordinary exits of young firms
    Effect("clearance", (), 0.0),  # share of undisputed arrears to the firm a month
    Effect("debtors", (), 0, dtype=np.int8),  # whose debts it clears: 0 all, 1 of those able to pay, 2 in difficulty
    Effect("ceiling", (), NO_LIMIT, dtype=np.int64),  # fen of a debt up to which it is cleared
    Effect("cleared_by", (), -1, dtype=np.int32),  # day, -1 for none
    Effect("loan_processing", (), 1.0),  # factor on the bank's working days
    Effect("screening_error", (), 1.0),  # factor on the noise of its judgement
    Effect("approval", (), 0.0),  # added to the score
    Effect("collateral_waiver", (), 0.0),  # share of the malus
    Effect("rate_cut", (), 0.0),  # a year
    Effect("confirmed", (), 0.0),  # share of firms whose debtors confirm what they owe
    # Of everybody where the measure reaches.
    Effect("new_arrears", ("prefecture", "sector", "size"), 1.0, "product"),  # factor on what becomes overdue
    Effect("entry", ("prefecture", "sector"), 1.0, "product"),  # factor on births
    Effect("closed_share", ("county",), 1.0, "product"),  # factor on firms stopped in a listed county
    Effect("control_drag", ("county",), 1.0, "product"),  # factor on demand lost by those open there
    Effect("restart_delay", ("county",), 1.0, "product"),  # factor on the time that a restart problem takes
    Effect("logistics_friction", ("county", "sector"), 1.0, "product"),  # factor on activity lost to traffic control
    Effect("construction_demand", ("prefecture",), 1.0, "product"),  # factor
    Effect("price_deduction", ("prefecture", "sector", "size"), 0.0, "max"),  # share of the price of a bidder
    Effect("consortium_bonus", ("prefecture",), 0.0, "max"),  # the same for a large one that shares the work
    Effect("reserved_works", ("prefecture",), 0.0, "max"),  # share of value open to SMEs only
    Effect("reserved_goods_services", ("prefecture",), 0.0, "max"),
    # Of those who deliver.
    Effect("supply", ("office",), 1.0, "product"),  # factor on new lending
    Effect("growth_incentive", (), 0.0, "max"),  # share of the growth of inclusive loans paid to local banks
    Effect("awareness", ("measure", "prefecture", "size"), 0.0, "sum"),  # hazard a month of knowing of a measure
    Effect("makes_automatic", ("measure", "office"), False, "max", np.bool_),  # need no application any more
    Effect("desk_capacity", ("agency", "office"), 1.0, "product"),  # factor on cases a working day
    Effect("desk_processing", ("agency", "office"), 1.0, "product"),  # factor on working days before a decision
    Effect("liaison_capacity", ("office",), 0.0, "sum"),  # factor on the liaison officers that there are
    Effect("dispatch_meetings", ("office",), 0, "max", np.int64),  # a month
    Effect("evaluation", (), False, "max", np.bool_),  # staff and money move between prefectures once a month
    Effect("counter_capacity", ("office",), 0.0, "sum"),  # factor on the counters for restart problems that there are
    Effect("supervision_capacity", ("office",), 0.0, "sum"),  # factor on the supervisors that there are
    Effect("deadline", ("office",), FAR, "min", np.int32),  # days after which a problem or a case goes to a supervisor
)

# What holds for a measure whatever its instrument; `sim.institutions.rules` enters it.
DELIVERY: Final = (
    Effect("group", (), 0, dtype=np.int16),  # row of `Slots.given` in which its money is counted
    Effect("starts_on", (), 0, dtype=np.int32),  # first day, negative when before the horizon
    Effect("ends_on", (), FAR, dtype=np.int32),  # last day as far as is known today: no withdrawal before its day
    Effect("identity", (), 0, dtype=np.uint32),  # hash of its id: draws must not depend on which others there are
    Effect("aware_salt", (), 0, dtype=np.uint64),  # of the draws that decide when a firm knows of it
    Effect("apply_salt", (), 0, dtype=np.uint64),  # of the draws that decide who asks for it
    Effect("month_slot", (), -1, dtype=np.int16),  # row of `Slots.months_left`, -1 for none
    Effect("deferral_slot", (), -1, dtype=np.int16),  # row of `Slots.deferred`, -1 for none
    Effect("fund", (), -1, dtype=np.int16),  # row of `Treasury.slot`, -1 without a fund
    Effect("fund_share", (), 1.0),  # part of its money that its fund pays; other bearers pay the rest
    Effect("waits", (), False, dtype=np.bool_),  # an empty fund lets the queue wait instead of refusing
    Effect("standing", (), False, dtype=np.bool_),  # comes with every bill or month, beyond the horizon
    Effect("agency", (), 0, dtype=np.int16),
    Effect("processing", ("office",), 0, dtype=np.int16),  # working days
    Effect("handling_days", ("office",), 0.0),  # the same, not rounded: the mean of handlers of their own
    Effect("refusal", (), 0.0),  # share
    Effect("list_first", (), False, dtype=np.bool_),
    Effect("by_list", (), False, dtype=np.bool_),  # its office takes up cases without being asked
    Effect("own_handler", (), False, dtype=np.bool_),  # each case has a handler of its own
    Effect("take_up", (), -1.0),  # share that would ever ask or accept, -1 for that of the firm's size
    Effect("called_off", (), False, dtype=np.bool_),  # withdrawn for good: decides nothing any more
    Effect("aware", ("prefecture", "size"), 0.0),  # share of firms that know of it
    Effect("granted_share", (), 1.0),  # of what was decided last month
    Effect("delay_months", (), 0.0),  # from filing to being granted, last month
)

# Sets of measures as bits, (P, words): which are in force may differ between prefectures.
SETS: Final = (
    "active",  # in force today
    "announced",  # heard of and not yet in force, unless withdrawn
    "automatic",  # in force and delivered without application
    "open_to_apply",
    "reliefs",  # in force, or with months that outlast the measure
    "defers",  # deferrals in force
    "deferrals",  # all deferrals, in force or not: what was put off falls due later
    "recurring",  # payments in force that are made every month
    "collects",
    "lends",
    "cultivates",
    "hiring",  # payments in force for a hire
    "retention",  # payments in force that ask for staff to be kept
)
UNMET: Final = (
    "unmet"  # (2, 256, words) measures that a firm lacks a fact for: `sim.firm.entitlements.measures_requiring`
)


@cache
def group_of(effects: tuple[Effect, ...]) -> Any:
    """The group of arrays that tells what measures say, as kernels take it: its columns are the names declared here."""
    names = [effect.name for effect in (*DELIVERY, *effects)]
    return columns(namedtuple("Terms", [*names, *SETS, UNMET], module=__name__))


# What the measures in force say today: an effect without ``combine`` by measure, (M + 1, *shape), any other as the
# measures in force make it together, shape or (1,).
Terms: Final[Any] = group_of(EFFECTS)


class Rows:
    """The rows of all measures, and what those in force say together.

    ``written``: by effect, (measures,) whether somebody has written into a measure's row; the others are neutral.
    ``of``: by effect, (measures, *shape); ``together``: by effect, the rows themselves where measures are not
    combined, else an array of the effect's shape, or (1,) for one without axes.
    """

    def __init__(
        self, effects: Sequence[Effect], sizes: Mapping[Axis, int], prefecture_of: NDArray[np.integer[Any]]
    ) -> None:
        """``prefecture_of``: (C,) the prefecture of each county."""
        everywhere = np.arange(sizes["prefecture"])
        self.places = {"county": prefecture_of, "prefecture": everywhere, "office": everywhere}
        self.effects = {effect.name: effect for effect in effects}
        self.of: dict[str, NDArray[Any]] = {}
        self.together: dict[str, NDArray[Any]] = {}
        for name, effect in self.effects.items():
            shape = tuple(sizes[axis] for axis in effect.shape)
            self.of[name] = np.full((sizes["measure"], *shape), effect.neutral, effect.dtype)
            combined = effect.combine is not None
            self.together[name] = np.full(shape or 1, effect.neutral, effect.dtype) if combined else self.of[name]
        self.written = {name: np.zeros(sizes["measure"], np.bool_) for name in self.effects}

    def combine(self, in_force: NDArray[np.bool_]) -> None:
        """Let the measures that are in force make one value of each effect; ``in_force``: (measures, P).

        What is in force in some prefectures only acts there; an effect without places acts as long as it is anywhere.
        """
        anywhere = in_force.any(axis=1)
        differs = not in_force[anywhere].all()
        for name, effect in self.effects.items():
            if effect.combine is not None:
                somewhere = anywhere & self.written[name]
                rows = self.of[name][somewhere]
                axis = next((axis for axis in effect.shape if axis in self.places), None)
                if differs and axis is not None:
                    here = in_force[somewhere][:, self.places[axis]]
                    shape = [1] * rows.ndim
                    shape[0], shape[1 + effect.shape.index(axis)] = here.shape
                    rows = np.where(here.reshape(shape), rows, np.array(effect.neutral, rows.dtype))
                self.together[name][...] = TOGETHER[effect.combine].reduce(rows, axis=0, initial=effect.neutral)
