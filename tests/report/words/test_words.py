"""Every name of the model has words in both languages."""

import re

import pytest

from sim import vocabulary
from sim.measure import Words
from sim.observe.outcomes import OUTCOMES, PLAIN, RATES
from sim.report.words.catalogue import both, catalogue, named, text, words
from sim.report.words.sentences import outcome_meaning, outcome_name
from sim.study.reductions.costs import CATEGORIES
from sim.study.reductions.fates import FATES

PLAN = {"targets_on": "2022-12-31", "targets": [{"outcome": "stock_refunds_paid", "on": "2022-06-30"}]}
NAMES = {
    "sector": vocabulary.SECTORS,
    "sector_group": tuple(vocabulary.SECTOR_GROUPS),
    "size": vocabulary.SIZES,
    "flag": vocabulary.FLAGS,
    "landlord": vocabulary.LANDLORDS,
    "customer": vocabulary.CUSTOMERS,
    "fact": vocabulary.FACTS,
    "flow": vocabulary.FLOWS,
    "status": vocabulary.STATUSES,
    "exit_cause": vocabulary.EXIT_CAUSES,
    "ticket": vocabulary.TICKETS,
    "station": vocabulary.STATIONS,
    "request": vocabulary.REQUESTS,
    "universe": vocabulary.UNIVERSES,
    "counted_by": vocabulary.COUNTED_BY,
    "agency": vocabulary.AGENCIES,
    "party": (*vocabulary.PARTIES, "large_bidders"),
    "action": (*vocabulary.ACTIONS, vocabulary.MECHANISMS),
    "level": (*dict.fromkeys(vocabulary.LEVELS.values()),),
    "category": CATEGORIES,
    "fate": FATES,
    "quantity": ("whole", "sum_alone", "sum_removed"),
    "kind": ("paid", "relieved", "deferred", "repaid", "granted", "owed", "written_off"),
}
# The same in both languages: a dash.
SAME = {"unit.missing"}


@pytest.mark.parametrize(("group", "names"), NAMES.items())
def test_every_name_of_the_vocabulary_has_words(group: str, names: tuple[str, ...]) -> None:
    assert [name for name in names if f"{group}.{name}" not in catalogue()] == []


def test_no_list_of_the_vocabulary_is_forgotten() -> None:
    lists = {name for name, value in vars(vocabulary).items() if name.isupper() and isinstance(value, tuple | dict)}
    of_tables = {"kind", "category", "fate", "quantity"}  # MECHANISMS joins ACTIONS
    # Parts of LEVELS, of EXIT_CAUSES and of SIZES; one outcome each; numbers of days.
    untold = {"GOVERNMENT", "INSOLVENT", "OWNER_RUN", "WHILE_STOPPED", "WINNERS", "BACK_WITHIN_DAYS", "CLOSURE_DAYS"}
    assert untold <= lists
    assert len(lists - untold) == len(NAMES.keys() - of_tables)


@pytest.mark.parametrize("outcome", PLAIN)
def test_every_outcome_has_a_name_and_a_meaning(outcome: str) -> None:
    assert {f"outcome.{outcome}.name", f"outcome.{outcome}.meaning"} <= catalogue().keys()


def test_an_outcome_says_when_and_below_which_sum_the_plan_has_it_read():
    assert "by the end of December 2022" in outcome_meaning("resumption_rate", PLAN).en
    assert "the end of June 2022" in outcome_meaning("stock_refunds_paid", PLAN).en
    assert "2022 年 6 月底" in outcome_meaning("stock_refunds_paid", PLAN).zh
    assert "in debts below any sum" in outcome_meaning("small_arrears_left", PLAN).en
    capped = {"targets_on": "2023-03-31", "targets": [{"outcome": "small_arrears_left", "ceiling_yuan": 2_000_000}]}
    assert "in debts below 2.00 m yuan that are still owed at the end of March 2023" in (
        outcome_meaning("small_arrears_left", capped).en
    )


def test_a_rate_says_of_whom_it_is_and_how_they_are_counted() -> None:
    of = {"all": "firms of all kinds", "enterprises": "micro, small and medium enterprises"}
    counted = {"firms": "By number of firms.", "jobs": "By jobs: the staff"}
    for name, outcome in OUTCOMES.items():
        if outcome.base in RATES:
            said = outcome_meaning(name, PLAN)
            assert of.get(outcome.universe, "") in said.en and counted[outcome.by] in said.en, name
            assert both(f"outcome.whom.{outcome.universe}").zh in said.zh, name
    assert len({outcome_name(name).en for name in OUTCOMES}) == len({outcome_name(name).zh for name in OUTCOMES})
    assert len({outcome_name(name).en for name in OUTCOMES}) == len(OUTCOMES)
    assert outcome_name("loss_share") == Words(zh="亏损面", en="Loss-making share")
    assert outcome_name("loss_share_by_jobs") == Words(zh="亏损面（按岗位计）", en="Loss-making share (by jobs)")
    assert outcome_name("loss_share_of_individual_businesses_by_jobs") == Words(
        zh="亏损面（个体工商户，按岗位计）", en="Loss-making share (individual businesses, by jobs)"
    )


def test_sixteen_prefectures() -> None:
    assert len([name for name in catalogue() if re.fullmatch(r"prefecture\.53\d\d", name)]) == 16


def test_no_entry_is_empty_or_left_in_the_other_language() -> None:
    for name, entry in catalogue().items():
        assert entry.zh.strip(), name
        assert entry.en.strip(), name
        if name not in SAME and not name.startswith("language."):
            zh = re.sub(r"{\w+}", "", entry.zh)
            assert entry.zh != entry.en, name
            assert re.search(r"[\u3000-\u9fff\uff00-\uffef]|^[^A-Za-z]*$", zh), f"{name} is not Chinese"
            assert not re.search(r"[\u3400-\u9fff]", entry.en.replace("纾困", "")), f"{name} is not English"


def test_both_languages_take_the_same_values() -> None:
    for name, entry in catalogue().items():
        assert set(re.findall(r"{(\w*)}", entry.zh)) == set(re.findall(r"{(\w*)}", entry.en)), name


def test_text_fills_in_values_of_either_language() -> None:
    sentence = text("report.compared_with", "en", baseline=both("sector.catering"))
    assert sentence == "against “Catering”"
    assert words("zh")["sector.catering"] == "餐饮业"


def test_an_unknown_name_speaks_for_itself() -> None:
    assert named("flow", "new_flow").en == "new flow"
    with pytest.raises(KeyError):
        text("no.such", "en")
