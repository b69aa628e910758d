"""The rules in force: what each measure contributes today to what firms and institutions go by.

What measures can do at all is declared in :mod:`sim.firm.effects`. Each measure has a row of every effect: its
instrument writes it when a value comes into force, and a measure that has ended counts no more. Institutions never ask
which measure it was: they read the combined effect.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.firm.effects import DELIVERY, EFFECTS, SETS, UNMET, Axis, Effect, Rows, group_of
from sim.firm.entitlements import find_eligible
from sim.firm.state import (
    COLLECTION,
    CREDIT,
    CULTIVATION,
    DECIDED,
    DEFERRAL,
    LONGEST_PROCESSING,
    PAYMENT,
    PER_HIRE,
    REFUSED,
    RELIEF,
    Counts,
    Int,
)
from sim.measure import DECIDED_UPON, Dated, Measure
from sim.population.columns import MASK_WORDS, Firms
from sim.population.counties import Counties
from sim.random_numbers import Purpose, salts
from sim.timeline import Timeline
from sim.units import MONTH_DAYS
from sim.vocabulary import AGENCIES, FACTS, FLAGS, LANDLORDS, SECTOR_GROUPS, SECTORS, SIZES, mask


class Calendar(NamedTuple):
    """The days of a measure by its dates, 0 the first of the horizon."""

    heard: int  # announced, at the latest when it begins; 0 if before the horizon
    first: int  # in force from then on
    last: int  # to then; the end of the horizon where it names none
    dated: frozenset[int]  # within, from which a value holds
    days: frozenset[int]  # on which it is announced, begins, changes a value or has ended; none if nobody hears of it
    is_withdrawn: bool  # rather than over


class Rules:
    """Rows of all measures and their combined effect (``terms``, which kernels and institutions read)."""

    def __init__(
        self,
        measures: tuple[Measure, ...],
        timeline: Timeline,
        counties: Counties,
        seed: int,
        effects: tuple[Effect, ...] = EFFECTS,
    ) -> None:
        self.measures = measures
        self.timeline = timeline
        self.counties = counties
        self.index = {measure.id: m for m, measure in enumerate(measures)}
        count = len(measures) + 1  # one more row for loans
        prefectures = counties.prefecture_count
        sizes: dict[Axis, int] = {
            "measure": count, "county": len(counties), "prefecture": prefectures, "office": prefectures,
            "sector": len(SECTORS), "size": len(SIZES), "agency": len(AGENCIES),
        }  # fmt: skip
        self.rows = Rows((*DELIVERY, *effects), sizes, counties.prefecture)
        words = {name: np.zeros((prefectures, MASK_WORDS), np.uint64) for name in SETS}
        self.terms = group_of(effects)(**self.rows.together, **words, **{UNMET: _unmet(measures)})
        self.reaches = [self._reach(measure, sizes) for measure in measures]
        self.values: list[Any] = [measure.values for measure in measures]  # what each says today
        self.allowed = np.ones((count, prefectures), np.bool_)  # where no reaction holds it back
        self.announced = np.zeros((count, prefectures), np.bool_)  # firms hear of it, and it is not yet in force
        self.running = np.zeros((count, prefectures), np.bool_)  # in force today
        self.began = np.zeros(count, np.bool_)  # has been in force anywhere
        self._changed: set[int] = set()  # measures whose values a reaction has changed since they were entered
        ways = [measure.delivery.way for measure in measures]
        self.applied_for = np.array([*(way in DECIDED_UPON for way in ways), False])
        self.top_ups: list[tuple[date, int, int]] = []  # day, measure and fen that go into its fund
        self.month_slots = 0
        self.deferral_slots = 0
        self._base_processing = np.zeros(count)
        last_days = [measure.last for measure in measures]
        self._outlasts = np.array(
            [*(day is None or timeline.day(day) >= timeline.days - 1 for day in last_days), False]
        )
        self._keeps_staff = np.array([*("kept_staff" in measure.eligible.facts for measure in measures), False])
        for m, measure in enumerate(measures):
            self._deliver(m, measure)
        salts(seed, int(Purpose.AWARE), self.terms.identity, self.terms.aware_salt)
        salts(seed, int(Purpose.APPLY), self.terms.identity, self.terms.apply_salt)

    def _deliver(self, m: int, measure: Measure) -> None:
        """What holds for a measure whatever its instrument."""
        delivery = measure.delivery
        self.enter(
            m,
            identity=_identity(measure.id),
            starts_on=self.timeline.day(measure.start),
            ends_on=None if measure.end is None else self.timeline.day(measure.end),
            agency=AGENCIES.index(delivery.agency) if delivery.agency else -1,
            refusal=delivery.refusal_share,
            list_first=delivery.list_first,
            by_list=delivery.way == "by_list",
            own_handler=delivery.way in DECIDED_UPON and delivery.capacity is None,
            take_up=delivery.take_up,
            by_itself=delivery.way == "automatic",
            granted_share=1.0 - delivery.refusal_share,
            delay_months=delivery.processing_days * 7 / 5 / MONTH_DAYS,
        )
        self._base_processing[m] = delivery.processing_days

    def _reach(self, measure: Measure, sizes: dict[Axis, int]) -> dict[Axis, NDArray[np.bool_]]:
        """Flags along each axis of what a measure reaches; desks and measures all, unless an instrument aims it."""
        eligible = measure.eligible
        reach: dict[Axis, NDArray[np.bool_]] = {axis: np.ones(size, np.bool_) for axis, size in sizes.items()}
        reach["measure"][-1] = False  # loans are nobody's measure
        counties, places = reach["county"], self.counties
        if eligible.counties is not None:
            counties &= np.isin(np.arange(len(places)), [places.county(name) for name in eligible.counties])
        if eligible.prefectures is not None:
            wanted = [places.prefecture_index(name) for name in eligible.prefectures]
            counties &= np.isin(places.prefecture, wanted)
        reach["prefecture"][:] = False  # `office` stays everywhere
        reach["prefecture"][places.prefecture[counties]] = True
        if eligible.sectors is not None:
            named = {s for name in eligible.sectors for s in SECTOR_GROUPS.get(name, (name,))}
            reach["sector"] = np.array([s in named for s in SECTORS])
        reach["size"] = np.array([eligible.sizes is None or size in eligible.sizes for size in SIZES])
        return reach

    def aim(self, m: int, axis: Axis, places: Sequence[int]) -> None:
        """Let measure m reach only these places of an axis, such as the desks that it names."""
        self.reaches[m][axis][:] = False
        self.reaches[m][axis][list(places)] = True

    def enter(self, m: int, **values: float | None) -> None:
        """Write effects of measure m by name, wherever it reaches; None leaves things as they are without it.

        Raises ``KeyError`` for an effect that is not declared.
        """
        for name, value in values.items():
            effect, rows = self.rows.effects[name], self.rows.of[name]
            entry = effect.neutral if value is None else value
            self.rows.written[name][m] = True
            if effect.shape:
                reached = [np.flatnonzero(self.reaches[m][axis]) for axis in effect.shape]
                rows[m][np.ix_(*reached)] = entry
            else:
                rows[m] = entry

    def enter_dated(self, m: int, on: date, **values: Dated[Any] | None) -> None:
        """The same with what the values of measure m say on a day; without a value of that day nothing is done."""
        self.enter(m, **{name: None if value is None else value.on(on) for name, value in values.items()})

    def tie_to_fund(self, m: int, fund: int, bearer: str, *, waits: bool) -> None:
        """Let measure m draw on a fund for what its bearer bears; ``waits``: an empty one lets cases wait."""
        borne = self.measures[m].bearers
        share = borne.get(bearer, 1.0)
        self.terms.fund[m], self.terms.fund_share[m], self.terms.waits[m] = fund, share, waits

    def find_eligible(self, firms: Firms, entitled: Int) -> None:
        """Mark who qualifies for each measure by fixed traits; add the weights to ``entitled`` (M + 1, P, Z)."""
        count = len(self.measures)
        if count == 0:
            return
        landlords = np.ones((count, len(LANDLORDS)), np.bool_)
        flags = np.zeros(count, np.uint16)
        for m, measure in enumerate(self.measures):
            if measure.eligible.landlords is not None:
                landlords[m] = [name in measure.eligible.landlords for name in LANDLORDS]
            flags[m] = mask(FLAGS, measure.eligible.flags)
        axes: tuple[Axis, ...] = ("county", "sector", "size")
        places, sectors, sizes = (np.array([reach[axis] for reach in self.reaches]) for axis in axes)
        find_eligible(firms, places, sectors, sizes, landlords, flags, entitled)

    def month_slot(self, m: int) -> None:
        """Give measure m a column for the months that each firm has left."""
        self.terms.month_slot[m] = self.month_slots
        self.month_slots += 1

    def deferral_slot(self, m: int) -> None:
        """Give measure m a column for what each firm has put off."""
        self.terms.deferral_slot[m] = self.deferral_slots
        self.deferral_slots += 1

    def say(self, m: int, values: Any) -> None:
        """Let measure m say other values from the next morning on."""
        if values != self.values[m]:
            self.values[m] = values
            self._changed.add(m)

    @cached_property
    def calendar(self) -> list[Calendar]:
        """The days of each measure by its dates."""
        return _calendar(self.measures, self.timeline)

    def days(self) -> set[int]:
        """Days of the horizon on which a measure is announced, begins, changes a value or has ended, by its dates."""
        return {day for c in self.calendar for day in c.days if 0 <= day < self.timeline.days}

    def morning(self, day: int) -> tuple[bool, list[tuple[int, date]], list[int]]:
        """What is announced, in force or over on a day, by the dates of measures and where reactions allow it.

        Returns whether a measure that is not held back everywhere is announced, begins, changes or has ended on the
        day; the measures whose values are to be entered anew, each with the day whose values they are; and those that
        come into force for the first time.
        """
        moves = False
        enter: list[tuple[int, date]] = []
        first: list[int] = []
        state = self.announced, self.running, self.allowed
        told, on, anywhere = (np.asarray(where.any(axis=1)).tolist() for where in state)
        for m, c in enumerate(self.calendar):
            is_told = anywhere[m] and c.heard <= day < c.first and day <= c.last
            is_on = anywhere[m] and c.first <= day <= c.last
            moves |= day in c.days and anywhere[m]
            if is_on and (not on[m] or day in c.dated or m in self._changed):
                enter.append((m, self.timeline.date(day)))
                if not self.began[m]:
                    self.began[m] = True
                    first.append(m)
                    if day > max(c.first, 0):  # a reaction let it begin later than its date
                        self.enter(m, starts_on=day)
            elif is_told and (not told[m] or m in self._changed):
                enter.append((m, self.measures[m].start))
            if day == c.last + 1:  # months left and amounts put off live on
                self.enter(m, ends_on=c.last, called_off=c.is_withdrawn)
            told[m], on[m] = is_told, is_on
        self.announced[:], self.running[:] = (self.allowed & np.array(now)[:, None] for now in (told, on))
        self._changed -= {m for m, _ in enter}
        return moves, enter, first

    def combine(self) -> None:
        """Recompute the combined effect after any change of a row."""
        self.rows.combine(self.running)
        t, on, announced, by_service = self.terms, self.running, self.announced, self.terms.makes_automatic
        if (on == on[:, :1]).all() and (announced == announced[:, :1]).all():  # the same everywhere: reckoned once
            on, announced, by_service = on[:, :1], announced[:, :1], by_service[:, :1]
        kind = t.kind[:, None]
        automatic = on & (t.by_itself[:, None] | by_service)
        by_firm = (kind == RELIEF) | (kind == DEFERRAL) | (kind == PAYMENT) | (kind == CULTIVATION)
        worth = (kind != PAYMENT) | (t.unit > 0)[:, None]
        months_left = (kind == RELIEF) & (t.month_slot >= 0)[:, None]
        every_month = t.monthly | ((t.kind == RELIEF) & (t.month_slot < 0))
        every_month |= (t.kind == DEFERRAL) & (t.deferral_until >= self.timeline.days - 1)
        t.standing[:] = self._outlasts & every_month
        t.active[:] = as_words(on)
        t.announced[:] = as_words(announced)
        t.automatic[:] = as_words(automatic & by_firm & worth)
        t.open_to_apply[:] = as_words(on & self.applied_for[:, None] & by_firm & worth & ~automatic)
        t.reliefs[:] = as_words(((on & (kind == RELIEF)) | months_left) & (t.share > 0.0)[:, None])
        t.defers[:] = as_words(on & (kind == DEFERRAL) & (t.share > 0.0)[:, None])
        t.deferrals[:] = as_words(np.broadcast_to((kind == DEFERRAL) & (t.deferral_slot >= 0)[:, None], on.shape))
        t.recurring[:] = as_words(on & (kind == PAYMENT) & t.monthly[:, None])
        t.collects[:] = as_words(on & (kind == COLLECTION))
        t.lends[:] = as_words(on & (kind == CREDIT))
        t.cultivates[:] = as_words(on & (kind == CULTIVATION))
        t.hiring[:] = as_words(on & (kind == PAYMENT) & ((t.base == PER_HIRE) & (t.unit > 0.0))[:, None])
        t.retention[:] = as_words(on & (kind == PAYMENT) & ((t.unit > 0.0) & self._keeps_staff)[:, None])
        agency = t.agency[:-1, None]  # without the row of loans
        factor = np.where(agency >= 0, t.desk_processing[t.agency[:-1]], 1.0)
        t.handling_days[:-1] = self._base_processing[:-1, None] * factor
        t.processing[:-1] = np.minimum(np.rint(t.handling_days[:-1]), LONGEST_PROCESSING)

    def tell_decisions(self, counts: Counts, month: int) -> None:
        """What offices decided in a month, and how long it took, is what applicants count on in the next."""
        items = slice(len(self.terms.granted_share))
        granted, refused = counts.firms[month, items, DECIDED], counts.firms[month, items, REFUSED]
        known = granted > 0
        np.divide(granted, granted + refused, out=self.terms.granted_share, where=granted + refused > 0)
        np.divide(counts.days[month, items, DECIDED], granted * MONTH_DAYS, out=self.terms.delay_months, where=known)


def _calendar(measures: Sequence[Measure], timeline: Timeline) -> list[Calendar]:
    """The days of each measure."""
    found = []
    for measure in measures:
        first = timeline.day(measure.start)
        last = timeline.days - 1 if measure.last is None else timeline.day(measure.last)
        dated = frozenset(
            {max(first, 0)} | {day for day in map(timeline.day, measure.changes) if max(first, 0) < day <= last}
        )
        withdrawn = measure.withdrawn is not None and timeline.day(measure.withdrawn) == last + 1
        heard = max(timeline.day(measure.heard_from), 0)
        dated = dated if max(first, 0) <= last else frozenset()
        days = frozenset({heard, last + 1} | dated) if heard <= last else frozenset[int]()
        found.append(Calendar(heard, first, last, dated, days, withdrawn))
    return found


def _identity(name: str) -> int:
    """A number for a measure's id that is the same in every scenario."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "little")


def _unmet(measures: Sequence[Measure]) -> NDArray[np.uint64]:
    """For each byte of the facts that a firm lacks, low and high: the measures that ask for one of them."""
    needs = np.array([mask(FACTS, measure.eligible.facts) for measure in measures], np.uint16)
    missing = np.arange(256, dtype=np.uint16)[:, None]
    flags = np.zeros((2, 256, MASK_WORDS * 64), np.bool_)
    for byte in range(2):
        flags[byte, :, : len(needs)] = (needs & (missing << (8 * byte))) != 0
    return np.packbits(flags, axis=-1, bitorder="little").view(np.uint64)


def as_words(flags: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Flags over measures, (M + 1, places), as mask words, (places, MASK_WORDS)."""
    padded = np.zeros((flags.shape[1], MASK_WORDS * 64), np.bool_)
    most = min(len(flags), padded.shape[1])
    padded[:, :most] = flags[:most].T
    return np.packbits(padded, axis=1, bitorder="little").view(np.uint64)
