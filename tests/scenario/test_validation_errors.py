"""Mistakes in files: found all at once, each at its line, with the nearest valid name."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sim import scenario
from sim.data_folders import scenarios_folder
from sim.scenario import ScenarioError, ValidationError
from sim.scenario.catalogue import catalogue
from sim.scenario.validation_errors import MESSAGES

TEXTS = "title: {zh: 题, en: title}\ndescription: {zh: 述, en: text}\n"  # two lines: what follows begins on line 3
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def to_file(text: str, name: str = "mine", texts: str = TEXTS) -> Path:
        file = tmp_path / f"{name}.yaml"
        file.write_text(texts + text, encoding="utf-8")
        return file

    return to_file


def errors(path: Path | str) -> list[ValidationError]:
    with pytest.raises(ScenarioError) as caught:
        scenario.load(path)
    return caught.value.errors


OWNERS_LIVING = (
    "define:\n  living:\n    eligible: {eligible}\n    clauses: []\n    action: jobs\n    section: I.4\n"
    "    instrument: grant\n    delivery: {{way: automatic}}\n    start: 2022-07-01\n"
    "    values: {{amount_yuan: 1, per: owner_living}}\n"
)

# One mistake each: text, kind, line, field, nearest valid name.
MISTAKES = {
    "unknown key": ("actons: [tax]\n", "unknown_key", 3, "actons", "actions"),
    "wrong type": ("firms: many\n", "not_allowed", 3, "firms", None),
    "not a list": ("actions: tax\n", "wrong_type", 3, "actions", "[tax]"),
    "out of range": ("firms: 0\n", "out_of_range", 3, "firms", None),
    "unknown action": ("actions:\n  - tax\n  - finanse\n", "not_allowed", 5, "actions.1", "finance"),
    "unknown section": ("sections: [II.7]\n", "unknown_section", 3, "sections.0", "I.7"),
    "unknown measure": ("measures: [rent_waver]\n", "unknown_measure", 3, "measures.0", "rent_waiver"),
    "unknown measure left out": ("without: [rent_waver]\n", "unknown_measure", 3, "without.0", "rent_waiver"),
    "unknown parent": ("extends: ful_plan\n", "no_file", 3, "extends", "full_plan"),
    "parent outside": ("extends: ../../etc/secrets.yaml\n", "climbs_out", 3, "extends", None),
    "absolute parent": ("extends: /etc/secrets.yaml\n", "climbs_out", 3, "extends", None),
    "extends itself": ("extends: mine\n", "circular", 3, "extends", None),
    "unknown lever": (
        "extends: full_plan\nlevers:\n  rent_waiver.month: 6\n",
        "unknown_lever", 5, "levers.rent_waiver.month", "rent_waiver.months",
    ),
    "lever of an unknown measure": (
        "extends: full_plan\nlevers:\n  rent_waver.months: 6\n",
        "unknown_lever", 5, "levers.rent_waver.months", "rent_waiver.months",
    ),
    "lever of a measure that is off": (
        "levers:\n  rent_waiver.months: 6\n", "measure_is_off", 4, "levers.rent_waiver.months", None,
    ),
    "lever of the wrong type": (
        "extends: full_plan\nlevers:\n  rent_waiver.months: six\n", "wrong_type", 5, "levers.rent_waiver.months", None,
    ),
    "lever out of range": (
        "extends: full_plan\nlevers:\n  rent_waiver.share: 1.5\n", "out_of_range", 5, "levers.rent_waiver.share", None,
    ),
    "table by date out of range": (
        "extends: full_plan\nlevers:\n  rent_waiver.share:\n    2022-07-01: 0.5\n    2022-10-01: 1.5\n",
        "out_of_range", 7, "levers.rent_waiver.share.2022-10-01", None,
    ),
    "date outside the horizon": (
        "extends: full_plan\nlevers:\n  works_reservation.reserved_works: {2031-07-01: 0.5}\n",
        "outside_horizon", 5, "levers.works_reservation.reserved_works.2031-07-01", None,
    ),
    "date outside a shorter horizon": (
        "extends: full_plan\nworld: {end: 2022-09-30}\nlevers:\n  rent_waiver.start: 2022-11-01\n",
        "outside_horizon", 6, "levers.rent_waiver.start", None,
    ),
    "start after the end": (
        "extends: full_plan\nlevers:\n  rent_waiver.start: 2023-11-01\n",
        "ends_before_start", 5, "levers.rent_waiver.start", None,
    ),
    "announced after the start": (
        "extends: full_plan\nlevers:\n  rent_waiver.announced: 2022-09-01\n",
        "announced_after_start", 5, "levers.rent_waiver.announced", None,
    ),
    "start before it is announced": (
        "extends: full_plan\nlevers:\n  rent_waiver.announced: 2022-05-01\n  rent_waiver.start: 2022-04-01\n",
        "announced_after_start", 5, "levers.rent_waiver.announced", None,
    ),
    "withdrawn before it is announced": (
        "extends: full_plan\nlevers:\n  rent_waiver.announced: 2022-02-01\n  rent_waiver.withdrawn: 2022-01-15\n",
        "withdrawn_before_announced", 6, "levers.rent_waiver.withdrawn", None,
    ),
    "withdrawn before it begins, and never announced": (
        "extends: full_plan\nlevers:\n  rent_waiver.withdrawn: 2022-01-15\n",
        "withdrawn_unannounced", 5, "levers.rent_waiver.withdrawn", None,
    ),
    "living of owners who have none": (
        OWNERS_LIVING.format(eligible="{}"), "worth_nothing_to", 5, "define.living.eligible.sizes", None,
    ),
    "living of owners some of whom have none": (
        OWNERS_LIVING.format(eligible="{sizes: [micro, small]}"),
        "worth_nothing_to", 5, "define.living.eligible.sizes", None,
    ),
    "announced outside the horizon": (
        "extends: full_plan\nlevers:\n  rent_waiver.announced: 2021-05-01\n",
        "outside_horizon", 5, "levers.rent_waiver.announced", None,
    ),
    "unknown county": (
        "extends: full_plan\nlevers:\n  rent_waiver.eligible.counties: [530102, Wuhu]\n",
        "unknown_county", 5, "levers.rent_waiver.eligible.counties.1", "Wuhua",
    ),
    "unknown county in the world": (
        "world:\n  listings:\n    - {county: 瑞丽县, from: 2022-03-01, to: 2022-03-20, high_places: 1}\n",
        "unknown_county", 5, "world.listings.0.county", "瑞丽市",
    ),
    "unknown prefecture": (
        "extends: full_plan\nlevers:\n  rent_waiver.eligible.prefectures: [Kunmin]\n",
        "unknown_prefecture", 5, "levers.rent_waiver.eligible.prefectures.0", "Kunming",
    ),
    "world that ends before it starts": ("world:\n  end: 2021-06-30\n", "reason", 4, "world.end", None),
    "unknown fund": (
        "extends: full_plan\nlevers:\n  srdi_grant.fund: turism\n",
        "unknown_fund", 5, "levers.srdi_grant.fund", "tourism",
    ),
    "lever of an unknown fund": (
        "levers:\n  funds.turism.amount_yuan: 5\n",
        "unknown_fund", 4, "levers.funds.turism.amount_yuan", "funds.tourism.amount_yuan",
    ),
    "unknown parameter": (
        "levers:\n  parameters.firm.crowdin: 0.2\n",
        "unknown_parameter", 4, "levers.parameters.firm.crowdin", "parameters.firm.crowding",
    ),
    "parameter without the word before it": (
        "levers:\n  owner.living_in_margin: 0\n",
        "unknown_lever", 4, "levers.owner.living_in_margin", "parameters.owner.living_in_margin",
    ),
    "parameter without the word before it, misspelt": (
        "levers:\n  firm.crowdin: 0.2\n", "unknown_lever", 4, "levers.firm.crowdin", "parameters.firm.crowding",
    ),
    "parameter out of range": (
        "levers:\n  parameters.firm.crowding: 5\n", "reason", 4, "levers.parameters.firm.crowding", None,
    ),
    "bearers that do not add up": (
        "extends: full_plan\nlevers:\n  rent_waiver.bearer: {province: 0.5, prefectures: 0.4}\n",
        "shares_do_not_add_up", 5, "levers.rent_waiver.bearer", None,
    ),
    "unknown measure topped up": (
        "extends: full_plan\nlevers:\n  rent_waiver_listed.tops_up: rent_waver\n",
        "unknown_measure", 5, "levers.rent_waiver_listed.tops_up", "rent_waiver",
    ),
    "measure that cannot be topped up": (
        "extends: full_plan\nlevers:\n  rent_waiver_listed.tops_up: loan_extension\n",
        "bad_top_up", 5, "levers.rent_waiver_listed.tops_up", None,
    ),
    "id of the catalogue defined again": (
        "define:\n  rent_waiver: {}\n", "duplicate_id", 4, "define.rent_waiver", None,
    ),
    "id of a fund used again": (
        "funds:\n  - {id: tourism, title: {zh: 题, en: t}, level: province, bearer: province, when_dry: wait}\n",
        "duplicate_id", 4, "funds.0.id", None,
    ),
    "fund with a mistake": (
        "funds:\n  - {id: mine, title: {zh: 题, en: t}, level: province, bearer: provinse, when_dry: wait}\n"
        "extends: full_plan\nlevers: {srdi_grant.fund: mine}\n",
        "not_allowed", 4, "funds.0.bearer", "province",
    ),
    "day of the plan named twice": (
        "extends: full_plan\nlevers:\n  rent_waiver.share: {rules: 0.5, 2022-06-14: 1}\n",
        "duplicate_key", 5, "levers.rent_waiver.share.rules", None,
    ),
    "key written twice": ("firms: 5\nfirms: 6\n", "duplicate_key", 4, "", None),
    "anchor": ("world: &w {}\nlevers: *w\n", "anchor", 3, "world", None),
    "tag": ("firms: !!python/object/apply:os.getcwd []\n", "tag", 3, "firms", None),
    "broken YAML": ("actions: [tax\nfirms: 5\n", "bad_yaml", 4, "", None),
    "nested too deeply": ("world: " + "[" * 30 + "]" * 30 + "\n", "too_deep", 3, None, None),
    "nested far too deeply": ("world: " + "[" * 2_000 + "\n", "bad_yaml", None, "", None),
    "two documents": ("---\nfirms: 5\n", "bad_yaml", None, "", None),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_its_place_and_the_nearest_name(mistake: str, write: Write) -> None:
    text, kind, line, field, near = MISTAKES[mistake]
    file = write(text)
    found = [error for error in errors(file) if error.kind == kind]
    assert found, f"expected {kind}: {errors(file)}"
    assert found[0].file == str(file)
    if line is not None:
        assert found[0].line == line, str(found[0])
    if field is not None:
        assert found[0].field == field, str(found[0])
    assert found[0].nearest == near, str(found[0])


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_sentence_in_either_language(mistake: str, write: Write) -> None:
    for error in errors(write(MISTAKES[mistake][0])):
        english, chinese = str(error), error.sentence("zh")
        assert english.endswith((".", "?"))
        assert chinese.endswith(("。", "？"))
        assert "\n" not in english
        assert "Traceback" not in english


def test_most_mistakes_are_found_in_one_go(write: Write) -> None:
    # All but those that stop a file from being read, and those that other mistakes here make meaningless.
    file = write(
        """
extends: full_plan
actons: [tax]
actions: [finanse]
sections: [II.7]
measures: [rent_waver]
without: [rent_waver]
firms: many
levers:
  rent_waiver.month: 6
  rent_waiver.share: 1.5
  rent_waiver.bearer: {province: 0.5, prefectures: 0.4}
  rent_waiver_listed.tops_up: rent_waver
  works_reservation.reserved_works: {2031-07-01: 0.5}
  loan_extension.eligible.counties: [Wuhu]
  funds.turism.amount_yuan: 5
  parameters.firm.crowdin: 0.2
world:
  outbrake: none
  end: 2021-06-30
define:
  gift: {clauses: [I.99], section: I.99, instrument: grnt}
"""
    )
    kinds = {error.kind for error in errors(file)}
    assert kinds >= {
        "unknown_key", "not_allowed", "unknown_section", "unknown_measure", "unknown_lever", "out_of_range",
        "shares_do_not_add_up", "outside_horizon", "unknown_county", "unknown_fund", "unknown_parameter", "reason",
        "unknown_clause", "unknown_instrument", "missing_key",
    }  # fmt: skip
    assert len(errors(file)) >= 20


def test_a_circle_of_scenarios_is_named(write: Write) -> None:
    write("extends: second\n", "first")
    write("extends: third\n", "second")
    third = write("extends: first\n", "third")
    (error,) = errors(third)
    assert (error.kind, error.found) == ("circular", "third -> first -> second -> third")


def test_an_own_file_may_have_the_name_of_the_shipped_one_that_it_extends(write: Write) -> None:
    assert scenario.load(write("extends: full_plan\nwithout: [II.1]\n", "full_plan")).measures


def test_a_link_out_of_the_folder_is_refused(write: Write, tmp_path: Path) -> None:
    hidden = tmp_path / "elsewhere"
    hidden.mkdir()
    secret = write("", "elsewhere/secret")
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "link.yaml").symlink_to(secret)
    (folder / "own.yaml").write_text(TEXTS + "extends: link\n", encoding="utf-8")
    assert [error.kind for error in errors(folder / "own.yaml")] == ["climbs_out"]


def test_unreadable_files_are_refused_with_a_sentence(tmp_path: Path) -> None:
    assert [error.kind for error in errors(tmp_path / "absent.yaml")] == ["unreadable"]
    assert [error.kind for error in errors("ful_plan")] == ["no_file"]
    assert errors("ful_plan")[0].nearest == "full_plan"
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\xfe\x00\x01")
    assert [error.kind for error in errors(binary)] == ["unreadable"]
    huge = tmp_path / "huge.yaml"
    huge.write_text("a: b\n" * 300_000)
    assert [error.kind for error in errors(huge)] == ["too_large"]
    assert [error.kind for error in errors(tmp_path / "no\0name.yaml")] == ["unreadable"]
    empty = tmp_path / "empty.yaml"
    empty.write_text("")
    assert [error.sentence("zh") for error in errors(empty)] == [f"{empty}: 文件没有内容。"]


def test_a_bomb_of_aliases_is_refused_at_once(write: Write) -> None:
    lines = ["world: &a [x, x, x, x, x, x, x, x, x]"]
    for here, there in zip("bcdefghi", "abcdefgh", strict=True):
        lines.append(f"{here}: &{here} [" + ", ".join([f"*{there}"] * 9) + "]")
    assert {error.kind for error in errors(write("\n".join(lines)))} == {"anchor"}


def test_check_files_gathers_the_faults_of_all_files(write: Write) -> None:
    good, bad, worse = write("", "good"), write("firms: 0\n", "bad"), write("actons: []\n", "worse")
    assert scenario.check_files([good, "full_plan"]) == []
    assert [error.kind for error in scenario.check_files([good, bad, worse])] == ["out_of_range", "unknown_key"]


def test_a_fault_of_a_lever_given_on_the_command_line_names_the_lever() -> None:
    with pytest.raises(ScenarioError) as caught:
        scenario.load("full_plan", {"rent_waiver.months": "six", "rent_waiver.mnths": 6, "parameters.firm.crowding": 9})
    found = caught.value.errors
    assert [error.line for error in found] == [None, None, None]
    assert {error.field for error in found} == {
        "levers.rent_waiver.months", "levers.rent_waiver.mnths", "levers.parameters.firm.crowding",
    }  # fmt: skip


# Mistakes in the catalogue: file changed, text replaced, by what, kind, field.
IN_THE_CATALOGUE = {
    "unknown clause": ("measures/fiscal/rent_waiver.yaml", "II.1.a", "II.1.x", "unknown_clause", "clauses.0"),
    "wrong folder": ("measures/fiscal/rent_waiver.yaml", "action: fiscal", "action: tax", "wrong_name", "action"),
    "wrong name": ("measures/fiscal/rent_waiver.yaml", "id: rent_waiver", "id: waiver", "wrong_name", "id"),
    "duplicate id": ("measures/fiscal/rent_waiver.yaml", "id: rent_waiver", "id: direct_funds", "duplicate_id", "id"),
    "unknown fact": (
        "measures/fiscal/rent_waiver_listed.yaml", "[county_listed]", "[listed]", "not_allowed", "eligible.facts.0",
    ),
    "unknown flow": ("measures/fiscal/rent_waiver.yaml", "[rent]", "[rents]", "not_allowed", "values.flows.0"),
    "unknown value": ("measures/fiscal/rent_waiver.yaml", "  months: 3", "  month: 3", "unknown_key", "values.month"),
    "no agency": ("measures/fiscal/srdi_grant.yaml", "agency: industry, ", "", "no_agency", "delivery.agency"),
    "no delivery": ("measures/logistics/toll_waiver.yaml", "{way: automatic}", "{}", "no_delivery", "delivery.way"),
    "no fund to top up": (
        "measures/tax/refund_transfers.yaml", "fund: prefecture_treasuries\n", "", "missing_key", "fund",
    ),
    "unknown target": ("measures/tax/tax_policy_push.yaml", "[tax]", "[taxes]", "unknown_measure", "values.target.0"),
    "modelled by nothing": ("register.yaml", "status: declared", "status: modelled", "refused", "clauses.0.a.status"),
    "clause of a target": ("plan.yaml", "clause: I.6.c", "clause: I.6.x", "unknown_clause", "targets.4.clause"),
    "ceiling of no measure": (
        "plan.yaml", "ceiling_yuan: small_arrears_deadline", "ceiling_yuan: small_arrears_dead_line", "unknown_measure",
        "targets.4.ceiling_yuan",
    ),
    "ceiling of a measure without one": (
        "plan.yaml", "ceiling_yuan: small_arrears_deadline", "ceiling_yuan: rent_waiver", "unknown_measure",
        "targets.4.ceiling_yuan",
    ),
    "no origin": ("measures/fiscal/rent_waiver.yaml", "origin: nation\n", "", "missing_key", "origin"),
    "unknown origin": ("measures/fiscal/rent_waiver.yaml", "origin: nation", "origin: city", "not_allowed", "origin"),
    "a nation's rule that needs the plan": (
        "measures/fiscal/rent_waiver.yaml",
        "origin: nation\n",
        "origin: nation\nin_force_anyway: false\n",
        "reason",
        "in_force_anyway",
    ),
    "an origin that its measures do not have": (
        "register.yaml",
        "    origin: province\n",
        "    origin: nation\n",
        "not_as_carried",
        "clauses.0.origin",
    ),
    "duplicate fund": ("funds.yaml", "- id: tourism", "- id: sme_development", "duplicate_id", "funds.1.id"),
}  # fmt: skip


IN_TARGETS = {
    "unknown outcome": ("outcome: loss_share", "outcome: los_share", "unknown_outcome", "targets.1.outcome"),
    "two bounds": ("at_most: 0.12", "at_most: 0.12, at_least: 0", "reason", "targets.1"),
    "no bound": ("at_most: 0.12, ", "", "reason", "targets.1"),
}


@pytest.mark.parametrize("mistake", IN_TARGETS)
def test_a_mistake_in_the_targets_is_named(mistake: str, tmp_path: Path) -> None:
    text, replacement, kind, field = IN_TARGETS[mistake]
    folder = tmp_path / "scenarios"
    shutil.copytree(scenarios_folder(), folder)
    file = folder / "plan.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace(text, replacement, 1), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        catalogue(folder)
    (error,) = caught.value.errors
    assert (error.kind, error.field) == (kind, field)
    assert error.line
    assert error.nearest == ("loss_share" if kind == "unknown_outcome" else None)


@pytest.mark.parametrize("mistake", IN_THE_CATALOGUE)
def test_a_mistake_in_the_catalogue_is_named(mistake: str, tmp_path: Path) -> None:
    name, text, replacement, kind, field = IN_THE_CATALOGUE[mistake]
    folder = tmp_path / "scenarios"
    shutil.copytree(scenarios_folder(), folder)
    file = folder / name
    before = file.read_text(encoding="utf-8")
    assert text in before
    file.write_text(before.replace(text, replacement, 1), encoding="utf-8")
    found = [error for error in catalogue(folder).errors if error.kind == kind and error.file == str(file)]
    assert found, catalogue(folder).errors
    assert found[0].field == field
    assert found[0].line


def test_every_kind_of_fault_has_words_in_both_languages() -> None:
    for kind, words in MESSAGES.items():
        assert set(words) == {"en", "zh"}, kind
        assert all("{found}" in text for text in words.values()), kind


def test_only_rent_can_be_given_back(tmp_path: Path) -> None:
    file = tmp_path / "idea.yaml"
    file.write_text("extends: full_plan\nlevers:\n  rent_waiver.flows: [utilities]\n", "utf-8")
    with pytest.raises(ScenarioError) as caught:
        scenario.load(file)
    [error] = caught.value.errors
    assert error.line == 3
    assert "paid_since" in str(error) and "flows" in str(error)
