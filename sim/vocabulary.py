"""The words of the model: every closed list, in the order in which the columns and tables use it.

A name here is what a scenario file writes, what a table prints and what the code indexes by. The position in the
tuple is the integer that a column holds. Lists that belong to the province come from ``calibration/``, all others are
the model's own. Words for people (Chinese, English) are given by :mod:`sim.names`.
"""

from collections.abc import Iterable
from enum import IntEnum
from typing import Final

from sim.classification import CLASSIFICATION

# What the province's statistics tell apart, from `calibration/classification.toml`.
SECTORS: Final = tuple(CLASSIFICATION.sectors)
# Names that a scenario file may use in place of a list of sectors.
SECTOR_GROUPS: Final = {name: group.sectors for name, group in CLASSIFICATION.sector_groups.items()}
SIZES: Final = tuple(CLASSIFICATION.sizes)  # individual businesses, then enterprises by size
INDIVIDUAL: Final = "individual"  # the size that is no enterprise
OWNER_RUN: Final = ("individual", "micro")  # sizes whose owners live on what is left, and ask for it
AGENCIES: Final = tuple(CLASSIFICATION.agencies)

# Fixed traits of a firm, one bit each.
FLAGS: Final = (
    "srdi_candidate",  # could become specialised and innovative (I.8)
    "technology",  # technology SME (I.10.e)
    "key_agricultural",  # key agricultural firm (I.1.e)
    "travel_agency",  # holds a quality deposit (II.5.f)
    "green_lane_haulier",  # container or refrigerated vehicles up to 4.2 m (I.5.d)
    "collateral",  # owns something a bank takes
    "linked_supplier",  # supplies a large firm of a chain (I.10.b)
    "cold_chain",  # cold storage or refrigerated goods
    "key_firm",  # on the list of key firms that get a liaison officer (I.9.b, II.3.a)
    "on_platform",  # sells through a delivery platform (II.5.g)
    "vat_general",  # general VAT taxpayer: holds input credits (II.2.b)
)
LANDLORDS: Final = ("none", "state", "private")  # "none": own or rent-free premises
CUSTOMERS: Final = ("households", "public_bodies", "large_firms", "other_firms")  # who the firm mainly sells to

# What may be true of a firm on a day; a measure can ask for any of them, one bit each.
FACTS: Final = (
    "county_listed",  # its county has been medium or high risk on any day since the start of the horizon
    "hit_by_epidemic",  # stopped in the month, or activity of its county and sector below `firm.hit_threshold`
    "has_loan",
    "short_of_cash",  # could not pay last month in full
    "insured",  # has insured employees
    "overdue_receivables",
    "new_loan",  # loan newly made since the measure's window opened (2022)
    "hired",  # took on staff in the last month
    "kept_staff",  # has shed nobody this year
    "loan_pending",  # waits for a bank's decision
    "late_on_loan",  # has not repaid a loan when due
    "loan_bad",  # has been late on a loan for more than 90 days
    "owner_paid_in",  # the owners have put in money of their own
    "expands",  # the loan that it has asked for is to expand with
)

# Monthly flows that fall due, in the order of payment when cash is short.
FLOWS: Final = (
    "wages", "pension", "medical", "unemployment", "work_injury", "materials", "utilities", "rent", "tolls",
    "commission", "testing", "fees", "vat", "income_tax", "interest", "guarantee_fee", "principal",
)  # fmt: skip

STATUSES: Final = ("unborn", "open", "suspended", "paused", "exited")
EXIT_CAUSES: Final = ("retired", "closed", "closed_while_stopped", "insolvent", "insolvent_while_stopped")
WHILE_STOPPED: Final = ("closed_while_stopped", "insolvent_while_stopped")  # of firms that the epidemic had stopped
INSOLVENT: Final = ("insolvent", "insolvent_while_stopped")  # what they had did not cover what they owed
TICKETS: Final = ("labour", "funds", "materials", "transport")  # I.9.b
# Of one application or problem; the supervised are among the decided and the refused.
STATIONS: Final = (
    "eligible", "aware", "applied", "queued", "decided", "refused", "paid", "withdrawn", "supervised",
)  # fmt: skip
# Of firms that were closed by the epidemic and freed: for how many days at most, and within how many they worked again.
CLOSURE_DAYS: Final = (7, 14, 30)
BACK_WITHIN_DAYS: Final = (7, 14, 30, 60)
UNIVERSES: Final = ("all", "individual_businesses", "enterprises", "industry_above_scale")  # of whom a rate is
HEADLINE_UNIVERSE: Final = "enterprises"  # of whom a rate is that does not say it: the plan's 中小微企业
COUNTED_BY: Final = ("firms", "jobs")  # how firms of a universe are counted
REQUESTS: Final = ("loan", *TICKETS)  # what firms ask for that no measure decides: banks and liaison officers do

WINNERS: Final = ("medium", "small_micro", "large")  # of public contracts

# Who can be on either side of a ledger line.
PARTIES: Final = (
    "firms", "owners", "employees", "customers", "failed_customers", "suppliers", "public_buyers", "large_buyers",
    "state_landlords", "private_landlords", "banks", "guarantors", "platforms", "utilities", "toll_roads",
    "testing_providers", "service_providers", "social_insurance", "tax_authority", "deposit_accounts",
    "central_government", "province", "prefectures",
)  # fmt: skip

# Whose balance sheet a cost ends on: a treasury, social insurance, firms that the state controls (its landlords, toll
# roads, the grid and water works, large buyers, and banks and guarantors, most of whose business is done by those of
# the state), or anybody else. Arrears of taxes that are lost are the State Taxation Administration's.
LEVELS: Final = {
    "central_government": "central", "tax_authority": "central", "province": "province", "deposit_accounts": "province",
    "prefectures": "prefectures", "public_buyers": "prefectures", "social_insurance": "social_insurance",
    "state_landlords": "state_firms", "banks": "state_firms", "guarantors": "state_firms", "utilities": "state_firms",
    "toll_roads": "state_firms", "large_buyers": "state_firms", "firms": "private", "owners": "private",
    "employees": "private", "customers": "private", "failed_customers": "private", "suppliers": "private",
    "private_landlords": "private",
    "platforms": "private", "testing_providers": "private", "service_providers": "private",
    "large_bidders": "private",  # large firms that lose public contracts to smaller ones: on no line of the ledger
}  # fmt: skip
GOVERNMENT: Final = ("central", "province", "prefectures", "social_insurance")  # levels whose money is public

ACTIONS: Final = (
    "fiscal", "tax", "finance", "jobs", "logistics", "arrears", "innovation", "cultivation", "resumption",
    "integration",
)  # fmt: skip
MECHANISMS: Final = "mechanisms"  # clauses 0 and III.1-4: how the ten actions are delivered


class Status(IntEnum):
    """State of a firm row, the index into ``STATUSES``."""

    UNBORN = 0
    OPEN = 1
    SUSPENDED = 2
    PAUSED = 3
    EXITED = 4


def bit(names: tuple[str, ...], name: str) -> int:
    """The bit that stands for ``name`` in a mask over ``names``."""
    return 1 << names.index(name)


def mask(names: tuple[str, ...], chosen: Iterable[str]) -> int:
    """The bits that stand for the names chosen; one that is given twice is still that one."""
    return sum(bit(names, name) for name in {*chosen})
