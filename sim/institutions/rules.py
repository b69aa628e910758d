"""The rules in force: what each measure contributes today to what firms and institutions go by.

Each measure has a row. An instrument writes the row of its measure when a value comes into force; when the measure
ends the row goes back to neutral. Institutions never ask which measure it was: they read the combined effect.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.firm.entitlements import find_eligible
from sim.firm.state import CULTIVATION, DEFERRAL, PAYMENT, RELIEF, Float, Int, Terms
from sim.measure import Measure
from sim.population.columns import MASK_WORDS, Firms
from sim.population.counties import Counties
from sim.random_numbers import Purpose, salts
from sim.timeline import Timeline
from sim.vocabulary import AGENCIES, FACTS, FLAGS, LANDLORDS, SECTOR_GROUPS, SECTORS, SIZES, bit

NO_LIMIT: Final = np.int64(2**62)
LONGEST_PROCESSING: Final = 400  # working days that a case can take at most
FAR: Final = 2**30  # a day beyond every horizon


class Rules:
    """Rows of all measures and their combined effect (``terms``, which the kernels read)."""

    def __init__(self, measures: tuple[Measure, ...], timeline: Timeline, counties: Counties, seed: int) -> None:
        self.measures = measures
        self.timeline = timeline
        self.index = {measure.id: m for m, measure in enumerate(measures)}
        self.counties = counties
        count, places, sectors = len(measures) + 1, len(counties), len(SECTORS)  # one more row for loans
        prefectures = counties.prefecture_count
        self.running = np.zeros(count, np.bool_)  # in force today
        self.automatic = np.zeros(count, np.bool_)
        ways = [measure.delivery.way for measure in measures]
        self.applied_for = np.array([*(way in ("application", "negotiated") for way in ways), False])
        self.top_ups: list[tuple[date, int, int]] = []  # day, measure and fen that go into its fund
        self.month_slots = 0
        self.deferral_slots = 0

        # What the kernels read, row by row.
        words = np.zeros(MASK_WORDS, np.uint64)
        self.terms = Terms(
            kind=np.zeros(count, np.int8),
            group=np.zeros(count, np.int16),
            started=np.zeros(count, np.int32),
            identity=np.array([_identity(measure.id) for measure in measures] + [0], np.uint32),
            aware_salt=np.zeros(count, np.uint64),
            apply_salt=np.zeros(count, np.uint64),
            flows=np.zeros(count, np.uint32),
            share=np.zeros(count),
            months=np.zeros(count, np.int16),
            month_slot=np.full(count, -1, np.int16),
            deferral_slot=np.full(count, -1, np.int16),
            tops_up=np.full(count, -1, np.int16),
            rate_cap=np.ones(count),
            deferral_until=np.full(count, FAR, np.int32),
            repay_from=np.full(count, FAR, np.int32),
            instalments=np.ones(count, np.int16),
            loan_months=np.zeros(count, np.int16),
            base=np.zeros(count, np.int8),
            unit=np.zeros(count),
            cap=np.full(count, NO_LIMIT, np.int64),
            monthly=np.zeros(count, np.bool_),
            fund=np.full(count, -1, np.int16),
            fund_share=np.ones(count),
            waits=np.zeros(count, np.bool_),
            agency=np.zeros(count, np.int16),
            processing=np.zeros(count, np.int16),
            refusal=np.zeros(count),
            list_first=np.zeros(count, np.bool_),
            demand=np.ones(count),
            materials=np.ones(count),
            young_churn=np.ones(count),
            clearance=np.zeros(count),
            ceiling=np.full(count, NO_LIMIT, np.int64),
            cleared_by=np.full(count, -1, np.int32),
            loan_processing=np.ones(count),
            screening_error=np.ones(count),
            approval=np.zeros(count),
            collateral_waiver=np.zeros(count),
            rate_cut=np.zeros(count),
            advance=np.zeros(count),
            active=words.copy(),
            automatic=words.copy(),
            open_to_apply=words.copy(),
            reliefs=words.copy(),
            defers=words.copy(),
            deferrals=words.copy(),
            recurring=words.copy(),
            collects=words.copy(),
            lends=words.copy(),
            cultivates=words.copy(),
            unmet=_unmet(measures),
            new_arrears=np.ones((prefectures, sectors, len(SIZES))),
            entry=np.ones((prefectures, sectors)),
            restart_delay=np.ones(places),
            ticket_deadline=np.full(1, FAR, np.int32),
            aware=np.zeros((count, prefectures, len(SIZES))),
        )
        salts(seed, int(Purpose.AWARE), self.terms.identity, self.terms.aware_salt)
        salts(seed, int(Purpose.APPLY), self.terms.identity, self.terms.apply_salt)
        # What institutions read, combined over the measures in force.
        self.collects = np.zeros(count, np.bool_)
        self.lends = np.zeros(count, np.bool_)
        self.supply = np.ones(count)  # factor on new lending
        self.price_deduction = np.zeros((count, prefectures, sectors, len(SIZES)))
        self.consortium_bonus = np.zeros((count, prefectures))
        self.reserved_works = np.zeros((count, prefectures))
        self.reserved_goods_services = np.zeros((count, prefectures))
        self.closed_share = np.ones((count, places))
        self.control_drag = np.ones((count, places))
        self.restart_delay = np.ones((count, places))
        self.logistics_friction = np.ones((count, places, sectors))
        self.construction_demand = np.ones((count, prefectures))
        self.new_arrears = np.ones((count, prefectures, sectors, len(SIZES)))
        self.entry = np.ones((count, prefectures, sectors))
        self.quota = np.full(count, -1, np.int64)  # firms to be chosen, -1 for none
        self.publicity = np.zeros((count, count, prefectures, len(SIZES)))  # hazard a month, by source and target
        self.desk_capacity = np.ones((count, len(AGENCIES)))
        self.desk_processing = np.ones((count, len(AGENCIES)))
        self.makes_automatic = np.zeros((count, count), np.bool_)  # by source and target
        self.liaison = np.zeros(count)
        self.meetings = np.zeros(count, np.int64)
        self.ticket_deadline = np.full(count, FAR, np.int64)
        # The same of all measures in force together, as `combine` leaves it.
        self.friction = np.ones((places, sectors))
        self.closed = np.ones(places)
        self.drag = np.ones(places)
        self.works = np.ones(places)  # factor on demand of construction
        self.desk_factor = np.ones(len(AGENCIES))
        self.officers = 0.0  # factor on the liaison officers that there are
        self.meetings_a_month = 0
        # Monthly hazard that publicity adds for each measure, (M + 1, P, Z).
        self.hazard: Float = np.zeros((count, prefectures, len(SIZES)))
        self._base_processing = np.zeros(count)
        for m, measure in enumerate(measures):
            self._enter(m, measure)

    def _enter(self, m: int, measure: Measure) -> None:
        """What holds for a measure whatever its instrument."""
        delivery = measure.delivery
        self.terms.agency[m] = AGENCIES.index(delivery.agency) if delivery.agency else -1
        self.terms.refusal[m] = delivery.refusal_share
        self.terms.list_first[m] = delivery.list_first
        self.terms.started[m] = self.timeline.day(measure.start)
        self._base_processing[m] = delivery.processing_days

    def reach(self, m: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
        """Counties, prefectures, sectors and sizes that measure m reaches."""
        eligible = self.measures[m].eligible
        counties = np.ones(len(self.counties), np.bool_)
        if eligible.counties is not None:
            counties &= np.isin(np.arange(len(counties)), [self.counties.county(name) for name in eligible.counties])
        if eligible.prefectures is not None:
            wanted = [self.counties.prefecture_index(name) for name in eligible.prefectures]
            counties &= np.isin(self.counties.prefecture, wanted)
        prefectures = np.zeros(self.counties.prefecture_count, np.bool_)
        prefectures[self.counties.prefecture[counties]] = True
        sectors = np.ones(len(SECTORS), np.bool_)
        if eligible.sectors is not None:
            named = {s for name in eligible.sectors for s in SECTOR_GROUPS.get(name, (name,))}
            sectors = np.array([s in named for s in SECTORS])
        sizes = np.array([eligible.sizes is None or size in eligible.sizes for size in SIZES])
        return counties, prefectures, sectors, sizes

    def tie_to_fund(self, m: int, fund: int, bearer: str, *, waits: bool) -> None:
        """Let measure m draw on a fund for what its bearer bears; ``waits``: an empty one lets cases wait."""
        borne = self.measures[m].bearers
        share = borne.get(bearer, 1.0)
        if bearer == "prefectures":
            share += borne.get("province", 0.0)  # treasuries pay the whole local part out first (I.2.c is to carry it)
        self.terms.fund[m], self.terms.fund_share[m], self.terms.waits[m] = fund, share, waits

    def find_eligible(self, firms: Firms, entitled: Int) -> None:
        """Mark who qualifies for each measure by fixed traits; add the weights to ``entitled`` (M + 1, P, Z)."""
        count = len(self.measures)
        if count == 0:
            return
        reaches = [self.reach(m) for m in range(count)]
        landlords = np.ones((count, len(LANDLORDS)), np.bool_)
        flags = np.zeros(count, np.uint16)
        for m, measure in enumerate(self.measures):
            if measure.eligible.landlords is not None:
                landlords[m] = [name in measure.eligible.landlords for name in LANDLORDS]
            flags[m] = sum(bit(FLAGS, flag) for flag in measure.eligible.flags)
        places, sectors, sizes = (np.array([reach[k] for reach in reaches]) for k in (0, 2, 3))
        find_eligible(firms, places, sectors, sizes, landlords, flags, entitled)

    def groups(self, m: int) -> tuple[NDArray[np.int64], ...]:
        """Index of the cells that measure m reaches in an array over (P, S, Z)."""
        _, *reach = self.reach(m)
        return np.ix_(*(np.flatnonzero(flags) for flags in reach))

    def month_slot(self, m: int) -> None:
        """Give measure m a column for the months that each firm has left."""
        self.terms.month_slot[m] = self.month_slots
        self.month_slots += 1

    def deferral_slot(self, m: int) -> None:
        """Give measure m a column for what each firm has put off."""
        self.terms.deferral_slot[m] = self.deferral_slots
        self.deferral_slots += 1

    def begin(self, m: int) -> None:
        """Measure m comes into force."""
        self.running[m] = True

    def lapse(self, m: int) -> None:
        """Measure m ends; entitlements with months left and amounts put off live on."""
        self.running[m] = False

    def combine(self) -> None:
        """Recompute the combined effect after any change of a row."""
        t, on = self.terms, self.running
        kind = t.kind
        automatic = on & (self.automatic | self.makes_automatic[on].any(axis=0))
        by_firm = (kind == RELIEF) | (kind == DEFERRAL) | (kind == PAYMENT) | (kind == CULTIVATION)
        worth = (kind != PAYMENT) | (t.unit > 0)
        months_left = (kind == RELIEF) & (t.month_slot >= 0)
        t.active[:] = _bits(on)
        t.automatic[:] = _bits(automatic & by_firm & worth)
        t.open_to_apply[:] = _bits(on & self.applied_for & by_firm & worth & ~automatic)
        t.reliefs[:] = _bits(((on & (kind == RELIEF)) | months_left) & (t.share > 0.0))
        t.defers[:] = _bits(on & (kind == DEFERRAL) & (t.share > 0.0))
        t.deferrals[:] = _bits((kind == DEFERRAL) & (t.deferral_slot >= 0))
        t.recurring[:] = _bits(on & (kind == PAYMENT) & t.monthly)
        t.collects[:] = _bits(on & self.collects)
        t.lends[:] = _bits(on & self.lends)
        t.cultivates[:] = _bits(on & (kind == CULTIVATION))
        t.new_arrears[:] = self.new_arrears[on].prod(axis=0)
        self.friction[:] = self.logistics_friction[on].prod(axis=0)
        self.closed[:] = self.closed_share[on].prod(axis=0)
        self.drag[:] = self.control_drag[on].prod(axis=0)
        self.works[:] = self.construction_demand[on].prod(axis=0)[self.counties.prefecture]
        self.desk_factor[:] = self.desk_capacity[on].prod(axis=0)
        self.officers = float(self.liaison[on].sum())
        self.meetings_a_month = int(self.meetings[on].max(initial=0))
        self.hazard = np.asarray(self.publicity[on].sum(axis=0))
        t.entry[:] = self.entry[on].prod(axis=0)
        t.restart_delay[:] = self.restart_delay[on].prod(axis=0)
        t.ticket_deadline[0] = self.ticket_deadline[on].min(initial=FAR)
        factor = self.desk_processing[on].prod(axis=0)
        for m in range(len(self.measures)):
            agency = t.agency[m]
            days = self._base_processing[m] * (factor[agency] if agency >= 0 else 1.0)
            t.processing[m] = min(round(days), LONGEST_PROCESSING)


def _identity(name: str) -> int:
    """A number for a measure's id that is the same in every scenario."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "little")


def _unmet(measures: Sequence[Measure]) -> NDArray[np.uint64]:
    """For each byte of the facts that a firm lacks, low and high: the measures that ask for one of them."""
    needs = np.array([sum(bit(FACTS, fact) for fact in measure.eligible.facts) for measure in measures], np.uint16)
    missing = np.arange(256, dtype=np.uint16)[:, None]
    flags = np.zeros((2, 256, MASK_WORDS * 64), np.bool_)
    for byte in range(2):
        flags[byte, :, : len(needs)] = (needs & (missing << (8 * byte))) != 0
    return np.packbits(flags, axis=-1, bitorder="little").view(np.uint64)


def _bits(flags: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Flags over measures as mask words."""
    padded = np.zeros(MASK_WORDS * 64, np.bool_)
    padded[: min(len(flags), len(padded))] = flags[: len(padded)]
    return np.packbits(padded, bitorder="little").view(np.uint64)
