"""A comparison speaks of the scenarios that were asked for, each against its baselines and against each other."""

from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from sim.report.pages.comparison_page import page
from sim.report.pages.findings import findings
from sim.report.terminal.json_answers import answer_of_comparison
from sim.report.terminal.tables import show_comparison
from sim.study.questions.comparison import Comparison
from sim.study.summaries.comparison import ComparisonSummary
from sim.vocabulary import ACTIONS

OWN = ("rent_waiver_6_months_for_all", "no_outbreak")
TITLES = ("Six months of rent for all", "No outbreak")


@pytest.fixture(scope="module")
def own(made_up: Callable[..., Comparison]) -> Comparison:
    return made_up(subjects=OWN, actions=ACTIONS[:1])


class Texts(HTMLParser):
    """What a page shows by the id of the section that it stands in, and its heading."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.section, self.heading, self._in = "", "", ""
        self.said: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in = tag if tag in ("h1", "script", "style") else self._in
        if tag == "section":
            self.section = dict(attrs)["id"] or ""

    def handle_endtag(self, tag: str) -> None:
        self._in = "" if tag == self._in else self._in

    def handle_data(self, data: str) -> None:
        if self._in == "h1":
            self.heading += data
        elif self._in not in ("script", "style"):
            self.said[self.section] = self.said.get(self.section, "") + data


@pytest.fixture(scope="module")
def shown(own: Comparison) -> Texts:
    return Texts(page(own))


def test_the_page_is_called_by_what_it_is_about(shown: Texts, body: str):
    assert all(title in shown.heading for title in TITLES)
    assert "The whole plan" not in shown.heading
    assert not any(title in Texts(body).heading for title in TITLES)


def test_each_subject_has_its_cards_and_what_it_is_held_against(shown: Texts, own: Comparison):
    said = shown.said["headline"]
    for title in TITLES:
        assert f"The figures are for “{title}”" in said
    assert "The figures are for “The whole plan”" not in said
    assert said.count("against “The whole plan”") >= 2 * 3  # either subject, three outcomes
    assert said.count("against “Six months of rent for all”") >= 3


def test_the_table_of_each_against_each_other_has_the_paired_differences(own: Comparison):
    summary = ComparisonSummary(own)
    assert own.between == [(OWN[0], "full_plan"), (OWN[1], "full_plan"), (OWN[1], OWN[0])]
    values = own.values[own.values["outcome"] == "survival_rate"].pivot(
        index="replication", columns="scenario", values="value"
    )
    for one, other in own.between:
        found = summary.effect(one, "survival_rate", other).difference
        assert found.mean == pytest.approx((values[one] - values[other]).mean())
        assert found.low < found.mean < found.high


def test_findings_speak_of_the_subjects_alone(own: Comparison):
    said = [sentence.en for sentence in findings(ComparisonSummary(own))]
    assert said[0].startswith("Under “Six months of rent for all”, survival is")
    assert any(sentence.startswith("Under “No outbreak”, survival is") for sentence in said)
    assert not any(sentence.startswith("Under “The whole plan”") for sentence in said)


def test_targets_are_told_of_each_subject(shown: Texts):
    for title in TITLES:
        assert f"“{title}”: Of " in shown.said["targets"]


def test_missed_targets_are_told_of_each_subject_that_pursues_them(shown: Texts):
    assert f"Missed under “{TITLES[0]}”: " in shown.said["missed"]
    assert "The whole plan" not in shown.said["missed"]


def test_the_terminal_and_json_tell_them_too(own: Comparison, tmp_path, capsys):
    show_comparison(own, "en")
    said = capsys.readouterr().out
    for title in TITLES:
        assert f"The plan's targets under “{title}”" in said
    assert "The plan's targets under “The whole plan”" not in said
    answer = answer_of_comparison(own, tmp_path)
    assert answer["subjects"] == list(OWN)
    differences = {one["name"]: one["differences"] for one in answer["scenarios"]}
    assert list(differences[OWN[1]]) == ["baseline", "full_plan", OWN[0]]


def test_another_world_is_told_before_anything_is_said_of_the_difference(made_up: Callable[..., Comparison]):
    study = made_up(subjects=OWN[:1])
    asked = study.manifest.scenarios
    other = [
        one.model_copy(update={"contents": one.contents | {"world": one.contents["world"] | {"outbreak_factor": 2.0}}})
        if one.name == OWN[0]
        else one
        for one in asked
    ]
    object.__setattr__(study, "manifest", study.manifest.model_copy(update={"scenarios": tuple(other)}))
    first = next(findings(ComparisonSummary(study))).en
    assert first.startswith("Beware: “Six months of rent for all” is of another world")
    assert "No plan" in first


def test_a_change_that_did_nothing_is_said_to_have_done_nothing(own: Comparison, capsys):
    told = f"In none of the three outcomes can “{TITLES[0]}” be distinguished from “The whole plan”"
    assert not any(said.en.startswith(told) for said in findings(ComparisonSummary(own)))
    rows = own.differences.copy()
    rows.loc[(rows["scenario"] == OWN[0]) & (rows["against"] == "full_plan"), ["mean", "low", "high"]] = 0.0, -0.1, 0.1
    alike = replace(own, differences=rows)
    assert sum(said.en.startswith(told) for said in findings(ComparisonSummary(alike))) == 1
    show_comparison(alike, "en")
    assert told in " ".join(capsys.readouterr().out.split())
