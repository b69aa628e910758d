"""The page in a real browser: offline, in both languages, on a phone, with hostile names."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page

from sim.report.pages.comparison_page import page, write
from sim.report.terminal.json_answers import answer_of_comparison
from sim.study.questions.comparison import Comparison
from sim.study.summaries.comparison import ComparisonSummary
from sim.vocabulary import ACTIONS
from tests.made_up_comparison import FEW_ACTIONS
from tests.report.pages.printed import problems

HOSTILE = "</script><script>document.title='broken'</script><img src=x onerror=\"document.title='broken'\">{{7*7}}"
SECTIONS = (
    "headline", "targets", "missed", "actions", "interaction", "time", "places", "saved", "costs", "repayment_wall",
    "delivery", "clauses", "method",
)  # fmt: skip
LARGEST = 3_000_000  # bytes


class Opened:
    """A page with everything that it asked for and complained about."""

    def __init__(self, browser: Browser, file: Path, hash_: str = "", width: int = 1280, locale: str = "en-GB") -> None:
        self.page: Page = browser.new_page(viewport={"width": width, "height": 844}, locale=locale)
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(f"{file.as_uri()}{hash_}")
        self.page.wait_for_selector("html[data-drawn]")

    def texts(self, chart: str) -> str:
        return " ".join(self.page.locator(f"#chart-{chart} svg text").all_text_contents())

    def drawn(self, lang: str) -> None:
        self.page.wait_for_selector(f"html[data-drawn={lang}]")


def test_it_needs_nothing_but_itself(browser: Browser, report: Path) -> None:
    opened = Opened(browser, report)
    opened.page.locator("#language").click()
    opened.drawn("zh")
    assert opened.complaints == []
    assert [url for url in opened.requests if not url.startswith("data:")] == [report.as_uri()]
    assert report.stat().st_size < LARGEST


def test_a_target_that_is_uncertain_says_why(browser: Browser, report: Path) -> None:
    for lang, words in (("en", "reaches across|the draws disagree"), ("zh", "跨过目标|结论不一")):
        page = Opened(browser, report, f"#{lang}").page
        said = page.locator("#targets tr.unsure td.words small:visible").all_inner_texts()
        assert len(said) == page.locator("#targets tr.unsure").count() > 0
        assert all(re.search(words, one) for one in said), said
        assert page.locator("#targets tr.met td.words small:visible").count() == 0


def test_one_click_changes_the_language_of_everything(browser: Browser, report: Path) -> None:
    opened = Opened(browser, report)
    for lang, heading, chart, sector, other in (
        ("en", "Relief for Yunnan's small firms", "Survival", "Catering", "中文"),
        ("zh", "云南中小微企业纾困方案", "存活率", "餐饮业", "English"),
    ):
        opened.drawn(lang)
        assert heading in opened.page.locator("h1").inner_text()
        assert heading in opened.page.title()
        assert chart in opened.texts("actions-survival_rate")
        assert sector in opened.texts("places")
        for section in SECTIONS:
            assert opened.page.locator(f"#{section} h2").inner_text().strip(), section
            assert opened.page.locator(f"#{section}").is_visible()
        opened.page.locator("#language", has_text=other).click()
    opened.drawn("en")
    assert opened.page.url.endswith("#en")


@pytest.mark.parametrize(
    ("hash_", "locale", "lang"),
    [("", "zh-CN", "zh"), ("", "de-DE", "en"), ("#zh", "en-GB", "zh"), ("#en/costs", "zh-CN", "en")],
)
def test_the_language_comes_from_the_address_or_the_browser(
    browser: Browser, report: Path, hash_: str, locale: str, lang: str
) -> None:
    opened = Opened(browser, report, hash_, locale=locale)
    assert opened.page.locator("html").get_attribute("data-lang") == lang


def test_no_language_shows_through_the_other(browser: Browser, report: Path) -> None:
    opened = Opened(browser, report, "#en")
    body = opened.page.locator("main").inner_text()
    assert not [character for character in body if "\u3400" <= character <= "\u9fff"]


def test_the_scenario_shown_can_be_chosen(browser: Browser, report: Path) -> None:
    opened = Opened(browser, report, "#en")
    assert "State landlords" in opened.texts("costs")
    opened.page.locator("#focus").select_option("action_jobs")
    opened.page.wait_for_function(
        "() => !document.querySelector('#chart-costs').textContent.includes('State landlords')"
    )
    assert "Social insurance" in opened.texts("costs")
    assert "“Jobs”: who bears it" in opened.page.locator("#costs").inner_text()
    opened.page.locator("#focus").select_option("action_innovation")
    assert "No measure of this scenario moves money." in opened.page.locator("#costs").inner_text()
    opened.page.locator("#outcome").select_option("loss_share")
    opened.page.locator("#universe").select_option("enterprises")
    opened.page.locator("#shown input[value=action_tax]").check()
    opened.page.wait_for_function(
        "() => document.querySelectorAll('#chart-months-survival_rate .mark-line path').length === 3"
    )
    opened.page.wait_for_function(
        "() => document.querySelectorAll('#chart-changes-survival_rate .mark-area path').length === 2"
    )
    assert opened.complaints == []


def test_a_name_that_attacks_is_only_a_name(
    browser: Browser, tmp_path: Path, made_up: Callable[..., Comparison]
) -> None:
    opened = Opened(browser, write(made_up(3, HOSTILE, actions=ACTIONS[:1]), tmp_path / "hostile.html"), "#en")
    assert opened.page.title() == "Relief for Yunnan's small firms: scenarios compared"
    assert opened.page.locator("img").count() == 0
    assert "document.title='broken'" in opened.page.locator("#actions table").inner_text()
    assert "{{7*7}}" in opened.page.locator("#actions table").inner_text()
    assert opened.complaints == []
    assert len(opened.requests) == 1


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_phone_need_not_scroll_sideways(browser: Browser, report: Path, lang: str) -> None:
    opened = Opened(browser, report, f"#{lang}", width=390)
    for details in opened.page.locator("details").all()[:8]:
        details.evaluate("element => { element.open = true; }")
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_it_can_be_read_without_eyes_or_mouse(browser: Browser, report: Path) -> None:
    opened = Opened(browser, report, "#en")
    page_ = opened.page
    assert page_.locator("h1").count() == 1
    assert page_.locator("table:not(:has(caption))").count() == 0
    assert page_.locator("th:not([scope])").count() == 0
    assert page_.locator("#language").get_attribute("aria-label") == "切换为中文"
    page_.keyboard.press("Tab")
    assert page_.evaluate("document.activeElement.className") == "skip"
    assert not page_.locator("[data-chart]:not(:has(svg[aria-label], [role=graphics-document]))").all()


def test_it_says_what_it_was_made_from(comparison: Comparison, body: str) -> None:
    assert comparison.manifest.fingerprint in body
    assert "default-src &#39;none&#39;" not in body
    assert "default-src 'none'" in body


@pytest.mark.parametrize("names", [["baseline"], ["baseline", "no_outbreak"], ["baseline", "without_tax"]])
def test_any_set_of_scenarios_has_a_page(
    comparison: Comparison, browser: Browser, tmp_path: Path, names: list[str]
) -> None:
    opened = Opened(browser, write(_only(comparison, names), tmp_path / "few.html"))
    assert opened.complaints == []


def _only(comparison: Comparison, names: list[str]) -> Comparison:
    tables = {
        name: table[table["scenario"].isin(names)] if "scenario" in table else table.iloc[:0]
        for name, table in comparison.tables().items()
    }
    asked = tuple(each for each in comparison.manifest.scenarios if each.name in names)
    settings = comparison.manifest.settings | {
        "against": {name: [of for of in comparison.against[name] if of in names] for name in names},
        "subjects": names[1:],
        "between": [],
    }
    manifest = comparison.manifest.model_copy(update={"scenarios": asked, "settings": settings})
    return Comparison(manifest=manifest, **tables)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_one_replication_without_draws_has_a_page(
    made_up: Callable[..., Comparison], browser: Browser, tmp_path: Path, lang: str
) -> None:
    opened = Opened(
        browser, write(made_up(replications=1, draws=0, actions=ACTIONS[:1]), tmp_path / "one.html"), f"#{lang}"
    )
    assert opened.complaints == []
    told = {"zh": "没有对参数抽样", "en": "No parameters were drawn in this comparison"}[lang]
    assert told in opened.page.locator("#targets").inner_text()


def test_headings_say_what_was_found(browser: Browser, report: Path) -> None:
    opened = Opened(browser, report, "#en")
    heading = {section: opened.page.locator(f"#{section} h2").inner_text() for section in SECTIONS}
    assert heading["targets"] == "Of 4 targets, 2 met, 1 missed, 1 uncertain"
    assert "of its money goes to firms that survive either way" in heading["saved"]
    assert "falls due in 2023\u201101" in heading["repayment_wall"]
    opened.page.locator("#focus").select_option("action_innovation")
    assert opened.page.locator("#repayment_wall h2").inner_text() == "“Innovation” defers nothing"
    assert "no upper limit" in opened.page.locator("#costs").inner_text()


def test_the_plan_without_an_action_is_no_scenario_to_choose(browser: Browser, report: Path) -> None:
    opened = Opened(browser, report, "#en")
    assert opened.page.locator("#focus option[value^=without_]").count() == 0
    assert "Lost when removed" in opened.texts("pairs-survival_rate")
    assert "The plan without" not in opened.texts("what-ifs-survival_rate")


def test_a_clause_leads_to_the_delivery_of_its_measure(browser: Browser, report: Path) -> None:
    opened = Opened(browser, report, "#en")
    opened.page.locator("#focus").select_option("action_tax")
    opened.page.locator("#clauses summary").click()
    opened.page.locator("#clauses a", has_text="Utility subsidy").first.click()
    assert opened.page.locator("#focus").input_value() == "full_plan"
    assert opened.page.locator("#way-full_plan-utility_subsidy").is_visible()


@pytest.mark.parametrize(("lang", "width"), [("en", 1280), ("zh", 390)])
def test_two_firms_are_drawn_in_both_worlds(browser: Browser, report: Path, lang: str, width: int) -> None:
    opened = Opened(browser, report, f"#{lang}", width=width)
    told = opened.texts("journey-0")
    words = {
        "en": ("The whole plan", "No plan", "Closed while suspended"),
        "zh": ("整个方案", "没有方案", "停业期间关闭"),
    }[lang]
    assert all(word in told for word in (*words, "II.1.a", "I.1.c", "2022-08"))
    figure = opened.page.locator("#chart-journey-0")
    assert figure.locator(".mark-line.role-mark path").count() == 2
    assert figure.locator(".mark-rule.role-mark line").count() == 4  # two clauses, and stopped once in each world
    described = figure.locator("[role=graphics-document]").get_attribute("aria-label") or ""
    assert "2023-05-11" in described
    figure.locator("[aria-roledescription=point]").first.hover()
    assert {"en": "Rent waiver", "zh": "国有房屋租金减免"}[lang] in opened.page.locator(
        "#vg-tooltip-element"
    ).inner_text()
    plot = figure.locator("svg").first.bounding_box()
    assert plot is not None
    assert plot["x"] >= 0
    assert plot["x"] + plot["width"] <= width
    assert opened.complaints == []


def test_the_firms_followed_belong_to_the_headline(browser: Browser, report: Path) -> None:
    opened = Opened(browser, report, "#en")
    opened.page.locator("#focus").select_option("action_tax")
    opened.page.locator("#chart-journey-0").wait_for(state="hidden")
    opened.page.locator("#focus").select_option("full_plan")
    opened.page.locator("#chart-journey-0 svg").wait_for(state="visible")
    assert opened.complaints == []


def test_every_clause_tells_alone_and_in_the_plan(browser: Browser, report: Path) -> None:
    opened = Opened(browser, report, "#en")
    rows = opened.page.locator(".effects tbody tr")
    assert rows.count() == 6
    told = {row.locator("th").inner_text(): row.inner_text() for row in rows.all()}
    assert "Nothing: in every replication" in told["III.1"]
    assert "Every run failed: the ledger does not balance" in told["III.2"]
    assert "+0.70" in told["II.1.a"]
    assert "of 6 clauses 3 have" in opened.page.locator("#clauses").inner_text()


def test_clauses_are_sorted_by_the_column_that_is_clicked(browser: Browser, report: Path) -> None:
    opened = Opened(browser, report, "#en")
    survival = opened.page.locator(".effects button", has_text="Survival")
    names = opened.page.locator(".effects tbody th")
    survival.first.click()
    assert names.all_inner_texts()[:2] == ["II.1.a", "I.1.c"]
    assert names.all_inner_texts()[-1] == "III.2"  # it failed: what is missing is last either way
    survival.first.click()
    assert names.all_inner_texts()[-2:] == ["II.1.a", "III.2"]
    opened.page.locator(".effects button", has_text="Clause").click()
    assert names.all_inner_texts() == ["0", "I.1.c", "II.1.a", "II.2.b", "III.1", "III.2"]
    assert opened.complaints == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_on_paper_nothing_lies_over_anything_and_nothing_is_cut_off(
    browser: Browser, report: Path, made_up: Callable[..., Comparison], tmp_path: Path, lang: str
) -> None:
    assert problems(browser, report, lang) == []
    long = made_up(actions=ACTIONS[:1])
    table = pd.concat([long.clause_effects.assign(clause=f"II.{k}.a") for k in range(40)])
    assert problems(browser, write(replace(long, clause_effects=table), tmp_path / "long.html"), lang) == []


def test_the_year_after_the_horizon_stands_apart(browser: Browser, report: Path) -> None:
    opened = Opened(browser, report, "#en")
    section = opened.page.locator("#repayment_wall")
    # 40 x 3.4 of each month, sector and size, and one more a month: 24 months, then 12 more.
    of_group = [40 * 3.4 + m * 3.4 for m in range(36)]
    within, after = (round(sum(months) * 30) for months in (of_group[:24], of_group[24:]))
    assert f"{float(f'{within:.3g}'):,.0f} firms with deferrals exit" in section.locator("h2").inner_text()
    assert f"Of the firms that exit within the horizon, {within:,}" in section.inner_text()
    told = f"In the year after (2024-01 to 2024-12) a further 0 yuan falls due, and {after:,} more firms"
    assert told in section.inner_text()
    for chart in ("repayment_wall", "fallen"):
        assert "end of horizon" in opened.texts(chart)
        assert "2024-07" in opened.texts(chart)
    bars = opened.page.locator("#chart-fallen .mark-rect path").all()
    places = {round(float(bar.bounding_box()["x"])) for bar in bars}  # type: ignore[index]
    assert len(places) == 36  # no month is drawn over another


def test_one_table_adds_all_money_up_and_says_what_is_no_relief(browser: Browser, report: Path) -> None:
    opened = Opened(browser, report, "#en")
    rows = {
        cells[0]: [int(cell.replace(",", "").replace("−", "-")) for cell in cells[1:] if cell]
        for cells in (
            [cell.inner_text().strip() for cell in row.locator("th, td").all()]
            for row in opened.page.locator("#costs .balance:visible tbody tr").all()
        )
    }
    lines = list(rows.values())
    outlay, forgone, others, relief, lost, write_offs, cost, returned, in_hand, founders, newborn, _ = lines
    assert relief == [sum(column) for column in zip(outlay, forgone, others, strict=True)]
    assert cost == [sum(column) for column in zip(relief, lost, write_offs, strict=True)]
    assert in_hand == [sum(column) for column in zip(relief, returned, strict=True)]
    assert founders[0] + newborn[0] == in_hand[-1]
    assert all(row[3] == sum(row[:3]) for row in lines if len(row) == 4)
    assert returned[3] == 6_573  # 5,800 m yuan of VAT credits at three points of survival, at 3.4 here
    assert "VAT credits" in list(rows)[7]


def test_every_target_of_the_plan_stands_beside_what_its_outcome_means(comparison: Comparison, body: str) -> None:
    asked = comparison.manifest.scenarios[0].contents["plan"]["targets"]
    assert {target["outcome"] for target in asked} >= {"resumption_rate", "small_arrears_left", "srdi_growth_firms"}
    meanings = body[body.index('id="table-outcomes"') :]
    meanings = meanings[: meanings.index("</table>")]
    assert meanings.count("≥") == 2
    assert meanings.count("≤") == 2
    assert "1,000" in meanings


def test_how_soon_firms_worked_again_stands_beside_every_scenario_to_choose(comparison: Comparison, body: str) -> None:
    table = body[body.index("Time from the end of a closure to resumption") :]
    rows = table[table.index("<tbody>") : table.index("</table>")]
    assert rows.count("<tr>") == 1 + len(ComparisonSummary(comparison).shown)
    assert "60.0 %" in rows and "63.4 %" in rows  # within a week, without the plan and with 3.4 points of it


def test_the_headline_gives_both_differences_and_every_action_too(
    browser: Browser, made_up: Callable[..., Comparison], tmp_path: Path
) -> None:
    """The plan has 3.4 points, the national rules 1.5; what the province added of an action is 0.4 of the action."""
    comparison = made_up(nation=True)
    file = write(comparison, tmp_path / "nation.html")
    page = Opened(browser, file, "#en").page
    card = page.locator("#headline .card").first
    assert "against “No plan”" in card.inner_text() and "against “National rules”" in card.inner_text()
    assert "+3.39 pp" in card.inner_text() and "+1.89 pp" in card.inner_text()
    first = page.locator("#headline .findings li").first.inner_text()
    assert "against “No plan”" in first and "Against “National rules” it is +1.89 pp" in first
    rows = page.locator("[aria-labelledby=table-twice] tbody tr")
    assert rows.count() == len(FEW_ACTIONS)
    fiscal = rows.first.inner_text()
    assert "+0.89 pp" in fiscal and "+0.36 pp" in fiscal
    costs = page.locator("[aria-labelledby=table-nation] tbody tr")
    told = [costs.nth(row).locator("th, td").all_inner_texts()[:2] for row in range(costs.count())]
    assert told == [
        ["National rules", "No plan"], ["The whole plan", "National rules"], ["The whole plan", "No plan"],
    ]  # fmt: skip


@pytest.mark.long
def test_the_page_of_a_comparison_that_names_none_is_small(made_up: Callable[..., Comparison]) -> None:
    assert len(page(made_up(nation=True, actions=ACTIONS)).encode()) < LARGEST


def test_programs_get_both_differences_of_each_action(made_up: Callable[..., Comparison], tmp_path: Path) -> None:
    answer = answer_of_comparison(made_up(nation=True), tmp_path)
    of = {one["name"]: one for one in answer["scenarios"]}
    assert of["full_plan"]["against"] == ["baseline", "national_rules"]
    assert of["full_plan"]["difference_from_baseline"] == of["full_plan"]["differences"]["baseline"]
    assert of["full_plan"]["differences"]["national_rules"]["survival_rate"]["mean"] == pytest.approx(0.019, abs=4e-4)
    assert of["full_plan"]["costs"]["national_rules"]["public"]["mean"] == pytest.approx(40e10 * 1.9 / 3)
    assert of["baseline"]["differences"] == {} and list(of["added_tax"]["differences"]) == ["national_rules"]
    assert list(answer["actions"]) == list(FEW_ACTIONS)
    tax = answer["actions"]["tax"]
    assert tax["as_listed"] == of["action_tax"]["differences"]["baseline"]
    assert tax["added_by_province"] == of["added_tax"]["differences"]["national_rules"]
