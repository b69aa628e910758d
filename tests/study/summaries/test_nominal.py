"""Effects that are only factors of assumed size are told apart from those that a mechanism brings about."""

from types import SimpleNamespace

import pandas as pd

from sim.study.summaries.clause_effects import nominal_clauses
from sim.study.summaries.search import SearchSummary

REASON = {"zh": "假设", "en": "Assumed."}


def measure(id_, action, clauses, nominal=None):
    return id_, {"id": id_, "action": action, "clauses": clauses, "nominal": nominal}


MEASURES = dict(
    [
        measure("zoned_control", "resumption", ["I.9.a", "I.9.d"], REASON),
        measure("liaison_officers", "resumption", ["I.9.b", "I.9.d"]),
        measure("tax_policy_push", "tax", ["I.2.b"], REASON),
        measure("rent_waiver", "fiscal", ["II.1.a"]),
    ]
)


def of(measures):
    return SimpleNamespace(name="full_plan", contents={"measures": measures})


def test_a_clause_is_nominal_when_only_nominal_measures_carry_it_out():
    study = SimpleNamespace(manifest=SimpleNamespace(scenarios=[of({}), of(MEASURES)]))
    assert nominal_clauses(study) == {"I.9.a", "I.2.b"}


def test_a_study_that_says_nothing_of_it_has_no_nominal_clause():
    before = {id_: {key: value for key, value in one.items() if key != "nominal"} for id_, one in MEASURES.items()}
    assert nominal_clauses(SimpleNamespace(manifest=SimpleNamespace(scenarios=[of(before)]))) == frozenset()


def test_a_plan_rests_on_the_nominal_measures_of_the_actions_that_it_switches_on():
    tried = pd.DataFrame(
        [("plan_1", True, False, 3), ("plan_2", True, True, 6)],
        columns=["plan", "resumption", "tax", "rent_waiver.months"],
    )
    study = SimpleNamespace(
        manifest=SimpleNamespace(scenarios=[of(MEASURES)]), evaluations=tried, reference="full_plan",
        levers=["resumption", "tax", "rent_waiver.months", "tax_policy_push.awareness"],
    )  # fmt: skip
    summary = SearchSummary(study)
    assert [summary.nominal(plan) for plan in ("plan_1", "plan_2", "full_plan")] == [
        ["zoned_control"], ["zoned_control", "tax_policy_push"], ["zoned_control", "tax_policy_push"],
    ]  # fmt: skip
    assert [len(summary.measures(plan)) for plan in ("plan_1", "plan_2", "full_plan")] == [3, 4, 4]
    assert summary.nominal_levers == ["tax_policy_push.awareness"]
