"""One firm: what it is, how it trades, how it stands. Names and units are those of section 2 of the model document."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sim.population.columns import MASKS, Firms
from sim.vocabulary import CUSTOMERS, FACTS, FLAGS, LANDLORDS, SECTORS, SIZES, STATUSES

if TYPE_CHECKING:
    from tests.reference.policy import Rule


@dataclass(slots=True, eq=False)
class Firm:
    """A row of the population, and what measures have promised to it."""

    row: int
    cohort: int
    key: int
    weight: int
    county: int
    prefecture: int
    sector: str
    size: str
    landlord: str
    customer: str
    flags: frozenset[str]
    born_on: int
    age_months: int
    usual_sales: int
    first_sales: float
    usual_staff: int
    wage: int
    rent: int
    materials_share: float
    materials_now: float
    expected: float
    buffer_months: float
    reservation: int
    insured_share: float
    loan_rate: float
    status: str
    staff: int
    cash: int
    receivables_public: int
    overdue_public: int
    receivables_private: int
    payables: int
    overdue_payables: int
    arrears_public: int
    arrears_private: int
    loan: int
    guaranteed: int
    advanced: int
    loan_due_on: int
    loan_term: int
    late_months: int
    vat_credit: int
    quality_deposit: int
    contract_backlog: int
    profit_this_year: int
    open_from: int
    activity_pending: float
    suspended_on: int
    restart_on: int
    freed_on: int
    exited_on: int
    exit_cause: int
    hires: int
    distressed_months: int
    tickets: set[str]
    facts: set[str]
    ended: set[str] = field(default_factory=set)  # lacks that a resource ended, until it stops again
    eligible: list[Rule] = field(default_factory=list)  # measures that it qualifies for by fixed traits, by id
    applied: set[str] = field(default_factory=set)  # filed, or decided never to
    waiting: set[str] = field(default_factory=set)  # filed and not decided
    granted: set[str] = field(default_factory=set)
    months_left: dict[str, int] = field(default_factory=dict)  # bills still to be relieved, by measure
    deferred: dict[str, int] = field(default_factory=dict)  # fen put off, by measure
    given: dict[str, int] = field(default_factory=dict)  # fen of bills borne by others and of payments, by measure
    had_put_off: bool = False
    missed_instalment: bool = False

    @property
    def is_alive(self) -> bool:
        """Whether it is open, stopped or paused."""
        return self.status in ("open", "suspended", "paused")

    @property
    def guaranteed_part(self) -> float:
        """Share of its loan behind which a public guarantor stands."""
        return self.guaranteed / self.loan if self.loan > 0 else 0.0

    @property
    def is_freed(self) -> bool:
        """Whether it is stopped and need not be: the day on which it works again is known."""
        return self.status == "suspended" and self.restart_on >= 0

    def has(self, rule: Rule) -> bool:
        """Whether it was granted a measure."""
        return rule.id in self.granted

    def meets(self, rule: Rule) -> bool:
        """Whether all facts hold that a measure asks for."""
        return self.facts.issuperset(rule.facts)

    def held(self, kind: str) -> list[Rule]:
        """Measures of a kind that it was granted, by id."""
        return [rule for rule in self.eligible if rule.kind == kind and rule.id in self.granted]


def firms_of(columns: Firms, cohort_start: list[int]) -> list[Firm]:
    """The firms of a population, in the order of its rows."""
    table: dict[str, list[Any]] = {name: getattr(columns, name).tolist() for name in Firms._fields}
    cohort_of = [cohort for cohort in range(28) for _ in range(cohort_start[cohort], cohort_start[cohort + 1])]
    firms = []
    for row in range(len(columns.key)):
        values = {name: column[row] for name, column in table.items() if name not in MASKS}
        for name, words in (
            ("sector", SECTORS), ("size", SIZES), ("landlord", LANDLORDS), ("customer", CUSTOMERS),
            ("status", STATUSES),
        ):  # fmt: skip
            values[name] = words[values[name]]
        values["flags"] = frozenset(flag for place, flag in enumerate(FLAGS) if values["flags"] >> place & 1)
        values["facts"] = {fact for place, fact in enumerate(FACTS) if values["facts"] >> place & 1}
        values["tickets"] = set()
        firms.append(Firm(row=row, cohort=cohort_of[row], **values))
    return firms
