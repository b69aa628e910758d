"""A comparison with made-up but plausible numbers: no simulation runs in the tests of the report."""

from collections.abc import Callable
from copy import deepcopy
from functools import cache
from itertools import combinations, product
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.measure import Words
from sim.observe.outcomes import variant
from sim.observe.tables import TABLES
from sim.study.comparison import parameter_uncertainty
from sim.study.outcomes import differences_of_pairs, possible_means
from sim.study.questions.comparison import Comparison
from sim.study.runs.manifest import Asked, Manifest
from sim.study.statistics.intervals import summarise
from sim.vocabulary import ACTIONS, COUNTED_BY, SECTORS, SIZES, UNIVERSES
from tests import made_up_tables

PREFECTURES = [
    "5301", "5303", "5304", "5305", "5306", "5307", "5308", "5309",
    "5323", "5325", "5326", "5328", "5329", "5331", "5333", "5334",
]  # fmt: skip
MONTHS = [f"{year}-{month:02d}" for year in (2022, 2023) for month in range(1, 13)]
LATER = [f"2024-{month:02d}" for month in range(1, 13)]  # in which the whole plan and the baseline are followed
WHAT_IFS = {"rent_waiver_6_months_for_all": 0.4, "no_outbreak": 3.0}
CLAUSES = dict(
    rent_waiver=("I.1.c", "II.1.a"),
    utility_subsidy=("I.1.c",),
    vat_credit_refund=("II.2.b",),
    loan_extension=("I.3.a",),
    free_testing=("I.9.d", "I.9.e", "I.6.c"),
    training_grant=("I.8.b",),
)
MEASURES = {  # action, bearer, flow, kind, yi yuan, days to the decision
    "rent_waiver": ("fiscal", "state_landlords", "rent", "relieved", 31.0, np.nan),
    "utility_subsidy": ("fiscal", "prefectures", "utilities", "granted", 4.2, 24.0),
    "vat_credit_refund": ("tax", "tax_authority", "vat_credit_stock", "granted", 58.0, 11.0),
    "zero_guarantee_fee": ("finance", "province", "guarantee_fee", "relieved", 1.3, np.nan),
    "loan_extension": ("finance", "banks", "principal", "deferred", 92.0, 17.5),
    "premium_deferral": ("jobs", "social_insurance", "pension", "deferred", 22.0, np.nan),
    "job_retention_refund": ("jobs", "social_insurance", "unemployment", "granted", 9.4, 31.0),
    "training_grant": ("jobs", "social_insurance", "wages", "granted", 2.1, 46.0),
    "toll_waiver": ("logistics", "toll_roads", "tolls", "relieved", 0.6, np.nan),
    "free_testing": ("resumption", "prefectures", "testing", "relieved", 5.5, np.nan),
    "commission_cut": ("integration", "platforms", "commission", "relieved", 0.9, 8.0),
}
EFFECT = dict(zip(ACTIONS, (0.9, 0.7, 0.8, 0.5, 0.12, 0.4, 0.0, 0.01, 0.65, 0.3), strict=True))  # points of survival
FEW_ACTIONS = ("fiscal", "tax", "finance", "jobs", "innovation")  # the page of all ten takes twice as long
YI = 10**10


@pytest.fixture(scope="session")
def comparison() -> Comparison:
    return make()


@pytest.fixture(scope="session")
def made_up() -> Callable[..., Comparison]:
    return make


def make(*given: Any, **how: Any) -> Comparison:
    """See :func:`_made`; a copy, which a test may change."""
    return deepcopy(_made(*given, **how))


@cache
def _made(
    replications: int = 8,
    hostile: str = "",
    draws: int = 40,
    nation: bool = False,
    subjects: tuple[str, ...] = ("full_plan",),
    actions: tuple[str, ...] = FEW_ACTIONS,
) -> Comparison:
    """``hostile`` is put into every name that comes from files; ``draws`` are those over the ranges of parameters.

    ``nation``: whether the national rules are among the scenarios, and what the province added of each action.
    """
    effects = {action: EFFECT[action] for action in actions}
    strength = (
        {"baseline": 0.0}
        | ({"national_rules": 1.5} if nation else {})
        | ({f"added_{action}": 1.5 + 0.4 * points for action, points in effects.items()} if nation else {})
        | {f"action_{action}": points for action, points in effects.items()}
        | {f"without_{action}": 3.4 - 0.8 * points for action, points in effects.items()}
        | {"full_plan": 3.4}
        | WHAT_IFS
    )
    measures_of = {
        name: [
            m
            for m, (action, *_) in MEASURES.items()
            if f"action_{action}" == name
            or name in ("full_plan", *WHAT_IFS)
            or (name.startswith("without_") and name != f"without_{action}")
        ]
        for name in strength
        if name not in ("baseline", "no_outbreak")
    }
    against = {name: ["national_rules" if name.startswith("added_") else "baseline"] for name in strength}
    against["baseline"] = []
    if nation:
        against["full_plan"].append("national_rules")
    pairs = {(one, of): strength[one] - strength[of] for one, others in against.items() for of in others}
    between = [(later, earlier) for earlier, later in combinations(dict.fromkeys(("full_plan", *subjects)), 2)]
    held = {(later, earlier): strength[later] - strength[earlier] for later, earlier in between}
    asked = tuple(_asked(name, measures_of.get(name, []), hostile) for name in strength)
    values = _values(strength, replications)
    manifest = Manifest(
        study="comparison",
        scenarios=asked,
        firms=20_000,
        seed=1,
        replications=replications,
        settings={
            "clause_replications": 2,
            "against": against,
            "subjects": [*subjects],
            "between": between,
            "draws": draws,
            "uncertainty": "posterior" if draws else "none",
        },
        calibration="c" * 64,
        versions={"shukun": "0.1.0", "python": "3.11.7", "numpy": "2.4.6"},
        fingerprint="9f2c4be1" * 8,
    )
    columns = ["scenario", "outcome", "mean", "low", "high", "unit", "replications"]
    runs = pd.DataFrame(
        [(s, r, 1 + r, 20_000, 24, 0, "") for s in strength for r in range(replications)],
        columns=["scenario", "replication", "seed", "firms", "months", "ledger_residual_fen", "reason"],
    )
    outcomes = summarise(values, ["scenario", "outcome", "unit"], possible_means)[columns].assign(rows=20_000.0)
    cost, unit_cost = made_up_tables.money(pairs | held, replications > 1)
    panel = _panel(strength)
    fates = made_up_tables.fates(pairs, PREFECTURES, _wave, replications > 1)
    return Comparison(
        manifest=manifest,
        outcomes=outcomes,
        differences=differences_of_pairs(values, [("baseline", "baseline"), *pairs, *between]),
        differences_by_month=made_up_tables.changes(panel, pairs, replications),
        rates=made_up_tables.rates(panel),
        cells=made_up_tables.cells(panel, replications),
        values=values,
        runs=runs,
        panel=panel,
        universes=pd.DataFrame(columns=["scenario", *TABLES["universes"]]),
        ledger=_ledger(measures_of),
        delivery=_delivery(measures_of),
        requests=made_up_tables.requests(strength, MONTHS),
        repayment_wall=made_up_tables.repayment_wall(
            measures_of, MONTHS, [m for m, (_, _, _, kind, *_) in MEASURES.items() if kind == "deferred"]
        ),
        restarts=made_up_tables.restarts(strength),
        fates=fates,
        saved_or_postponed=made_up_tables.saved_or_postponed(pairs, replications),
        chosen=made_up_tables.chosen(pairs, replications),
        costs=cost,
        unit_costs=unit_cost,
        repayment_wall_exits=made_up_tables.exits(strength, MONTHS, LATER),
        targets=made_up_tables.targets(outcomes, draws, measures_of),
        interaction=made_up_tables.whole_and_parts(values),
        ranked_actions=values[values["scenario"].str.startswith("action_")].reset_index(drop=True),
        draws=pd.DataFrame(columns=list(parameter_uncertainty.COLUMNS)),
        uncertainty=made_up_tables.uncertainty(pairs if draws else {}, draws),
        clause_effects=made_up_tables.clause_effects(replications > 1),
        journeys=made_up_tables.journeys(strength),
    )


def _asked(name: str, measures: list[str], hostile: str) -> Asked:
    from sim.report.words.catalogue import named

    known = {
        "baseline": ("没有方案", "No plan"),
        "full_plan": ("整个方案", "The whole plan"),
        "rent_waiver_6_months_for_all": ("房租一律减免六个月", "Six months of rent for all"),
        "no_outbreak": ("没有疫情", "No outbreak"),
    }
    known["national_rules"] = ("国家规定", "National rules")
    action = named("action", name.removeprefix("action_").removeprefix("without_").removeprefix("added_"))
    zh, en = known.get(name, (action.zh, action.en))
    if name.startswith("without_"):
        zh, en = f"没有{zh}", f"The plan without {en}"
    contents = {
        "description": {"zh": f"说明。{hostile}", "en": f"What it does. {hostile}"},
        "measures": {m: _measure(m, hostile) for m in measures},
        "plan": {
            "title": {"zh": f"办法{hostile}", "en": f"The scheme{hostile}"},
            "name": {"zh": "云南中小微企业纾困方案", "en": "Relief for Yunnan's small firms"},
            "number": hostile,
            "targets_on": "2022-12-31",
            "targets": [
                {"outcome": "resumption_rate", "at_least": 0.95, "at_most": None, "clause": "I.9.d"},
                {"outcome": "loss_share", "at_least": None, "at_most": 0.12, "clause": "I.9.e"},
                {"outcome": "small_arrears_left", "at_least": None, "at_most": 0.0, "clause": "I.6.c"},
                {"outcome": "srdi_growth_firms", "at_least": 1000.0, "at_most": None, "clause": "I.8.b"},
            ],
        },
        "world": {"start": "2022-01-01", "end": "2023-12-31"},
        "author": hostile,
    }
    return Asked(
        name=name, title=Words(zh=f"{zh}{hostile}", en=f"{en}{hostile}"), fingerprint="0" * 64, contents=contents
    )


def _measure(id_: str, hostile: str) -> dict[str, object]:
    action, _, _, kind, _, days = MEASURES[id_]
    return {
        "title": {"zh": f"{_measure_zh(id_)}{hostile}", "en": f"{id_.replace('_', ' ').capitalize()}{hostile}"},
        "action": action,
        "clauses": list(CLAUSES.get(id_, ())),
        "instrument": {"granted": "grant", "relieved": "relief", "deferred": "deferral"}[kind],
        "values": {},
        "delivery": {"way": "automatic" if np.isnan(days) else "application"},
    }


def _measure_zh(measure: str) -> str:
    chinese = "国有房屋租金减免 房租水电气补助 增值税留抵退税 担保零费率 贷款延期还本付息 社保费缓缴 "
    chinese += "失业保险稳岗返还 留工培训补助 绿通车辆免通行费 免费核酸检测 外卖平台降低服务费"
    return dict(zip(MEASURES, chinese.split(), strict=True))[measure]


def _wave(*parts: object) -> float:
    """A number between -1 and 1 that looks irregular and is the same every time."""
    return float(
        np.sin(sum((i + 1) * 12.9898 * len(str(p)) + 78.233 * sum(map(ord, str(p))) for i, p in enumerate(parts)))
    )


def _values(strength: dict[str, float], replications: int) -> pd.DataFrame:
    rows = []
    for scenario, points in strength.items():
        for r in range(replications):
            chance = 0.004 * _wave(r, "luck")
            noise = 0.0006 * _wave(r, scenario) * (points > 0)
            rates = {
                "survival_rate": 0.836 + points / 100 + chance + noise,
                "resumption_rate": 0.917 + 1.1 * points / 100 + chance - noise,
                "loss_share": 0.171 - 1.6 * points / 100 - chance + 2 * noise,
            }
            for place, (universe, by) in enumerate(product(UNIVERSES, COUNTED_BY)):
                away = 0.0 if (universe, by) == ("enterprises", "firms") else 0.004 * (place + 1)
                rows += [
                    (scenario, r, variant(name, universe, by), value - away, "share") for name, value in rates.items()
                ]
            rows += [
                (scenario, r, "survivors", 2_960_000 * (0.836 + points / 100 + chance + noise), "entities"),
                (scenario, r, "births", 800_000.0 + r, "entities"),
                (scenario, r, "jobs", 4_810_000 + 31_000 * points + 2e6 * chance, "persons"),
                (scenario, r, "public_cost", points * 25 * YI, "fen"),
            ]
    return pd.DataFrame(rows, columns=["scenario", "replication", "outcome", "value", "unit"])


def _panel(strength: dict[str, float]) -> pd.DataFrame:
    rows = []
    for scenario, points in strength.items():
        for p, prefecture in enumerate(PREFECTURES):
            for s, sector in enumerate(SECTORS):
                local = (
                    points
                    * (1 + 0.8 * _wave(prefecture, sector))
                    * (1.6 if sector in ("catering", "tourism", "retail") else 0.7)
                )
                founders = 900.0 * (16 - 0.7 * p) * (1 + s % 4) / 4
                for m, month in enumerate(MONTHS):
                    survival = 1 - (0.17 - local / 100) * (m + 1) / 24
                    alive = founders * survival
                    stopped = founders * 0.3 * (m + 1) / 24 if m else 0.0
                    working = stopped * min(0.62 + 0.013 * m + local / 90, 1)
                    loss = alive * max(0.26 - 0.008 * (m % 12) - local / 60, 0)
                    cell = (scenario, month, prefecture, sector, SIZES[s % 4])
                    counts = (
                        alive * 0.97,
                        alive * 0.02,
                        alive * 0.01,
                        founders - alive,
                        0.6 * (founders - alive),
                        founders,
                        alive,
                        stopped,
                        working,
                        0.0,
                        loss,
                        min(1.4 * loss, alive),
                    )
                    rows.append(cell + counts)
    columns = (
        "scenario month prefecture sector size open suspended paused exited exited_insolvent founders founders_alive "
    )
    columns += "stopped stopped_working stopped_left_working loss_making loss_making_with_owner"
    return pd.DataFrame(rows, columns=columns.split())


def _ledger(measures_of: dict[str, list[str]]) -> pd.DataFrame:
    rows = [("baseline", "2022-12", "firms", "suppliers", "materials", "", "written_off", 71.0 * YI)]
    rows += [("baseline", "2022-12", "firms", "banks", "loan", "", "written_off", 118.0 * YI)]
    for scenario, measures in measures_of.items():
        rows.append((scenario, "2022-12", "firms", "suppliers", "materials", "", "written_off", 60.0 * YI))
        rows.append((scenario, "2022-12", "firms", "banks", "loan", "", "written_off", 97.0 * YI))
        for measure in measures:
            _, bearer, flow, kind, yi, _ = MEASURES[measure]
            rows += [(scenario, month, bearer, "firms", flow, measure, kind, yi * YI / 12) for month in MONTHS[5:17]]
            if kind == "deferred":
                rows.append((scenario, "2023-06", "firms", bearer, flow, measure, "repaid", 0.7 * yi * YI))
    return pd.DataFrame(rows, columns=["scenario", "month", "payer", "payee", "flow", "measure", "kind", "amount_fen"])


def _delivery(measures_of: dict[str, list[str]]) -> pd.DataFrame:
    rows = []
    for scenario, measures in measures_of.items():
        for measure in measures:
            *_, yi, days = MEASURES[measure]
            reach = 40_000 + 900 * yi
            for m, month in enumerate(MONTHS[5:17]):
                rows.append((scenario, month, measure, "eligible", reach, np.nan, 0.0))
                rows.append((scenario, month, measure, "aware", reach * (0.3 + 0.05 * m), np.nan, 0.0))
                if not np.isnan(days):
                    rows.append((scenario, month, measure, "applied", reach * 0.05, np.nan, 0.0))
                    rows.append((scenario, month, measure, "decided", reach * 0.047, days + m, 0.0))
                    rows.append((scenario, month, measure, "refused", reach * 0.006, days + m, 0.0))
                rows.append((scenario, month, measure, "paid", reach * 0.04, days + m + 9, yi * YI / 12))
    return pd.DataFrame(rows, columns=["scenario", "month", "measure", "station", "firms", "days", "amount_fen"])
