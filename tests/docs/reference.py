"""What the READMEs say and show of the reference result, from its tables in `results/reference/`.

`make reference` makes the result and then `python -m tests.docs.reference` writes these words between the marks, and
draws the pictures. Words are never typed: a test holds them against the tables.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import numpy as np
import pandas as pd

import sim
from sim.measure import Words
from sim.report.words import numbers
from sim.report.words.catalogue import LANGUAGES, Language
from sim.report.words.player_names import player_name
from sim.report.words.sentences import say
from sim.study.questions.attribute import WHOLE
from sim.study.validation import releases
from sim.study.validation.targets import targets

ROOT: Final = Path(__file__).resolve().parents[2]
REFERENCE: Final = ROOT / "results" / "reference"
IMAGES: Final = ROOT / "docs" / "images"
BEGIN, END = "<!-- reference -->", "<!-- end of the reference -->"
PAGES: Final[dict[Language, tuple[Path, ...]]] = {
    "en": (ROOT / "README.md", REFERENCE / "README.md"),
    "zh": (ROOT / "README.zh-CN.md",),
}
PLAN, NATION, NOTHING = "full_plan", "national_rules", "no_support"
MOST_NAMED: Final = 3
WORTH: Final = 100_000.0  # yuan a firm kept, at which the decision is told
ENDS: Final = (0.05, 0.5, 0.95)


class Reference:
    """The studies of the reference result, read once."""

    def __init__(self) -> None:
        self.comparison: Any = _kept("comparison", ("uncertainty", "targets", "draws", "values"))
        self.attribution: Any = sim.load(REFERENCE / "attribution")
        self.decision: Any = sim.load(REFERENCE / "decision")

    def said(self, lang: Language) -> str:
        """All of it, a list in Markdown."""
        told = [self._effect(), self._targets(), self._actions(), self._unknown(), self._decision(), _validation()]
        return "\n".join(f"* {say(lang, words)}" for words in told)

    def _effect(self) -> Words:
        """What the plan saves and costs, against what the nation gave anyway and against nothing."""
        of, manifest = self.comparison.uncertainty, self.comparison.manifest
        at = {(row.against, row.outcome): row for row in of[of["scenario"] == PLAN].itertuples() if row.against}
        told = {
            f"{what}_{name}": _between(at[name, outcome], written)
            for name in (NATION, NOTHING)
            for what, outcome, written in (
                ("kept", "survivors", numbers.entities), ("alive", "survival_rate", numbers.points),
                ("cost", "public_cost", numbers.money),
            )
        }  # fmt: skip
        return _filled(
            zh="全部方案比只有国家规定多保住{kept_national_rules}，企业存活率高{alive_national_rules}，公共支出多{cost_national_rules}；"
            "与没有任何措施相比依次为{kept_no_support}、{alive_no_support}和{cost_no_support}"
            "（{rows} 户样本企业，后验抽样 {draws} 个：中位数，括号内为5%至95%）。",
            en="The whole plan keeps {kept_national_rules} more than the nation's rules alone (survival of enterprises "
            "{alive_national_rules}) for {cost_national_rules} more of public cost; against no measure at all it is "
            "{kept_no_support}, {alive_no_support} and {cost_no_support} ({rows} sample firms, {draws} draws from the "
            "posterior of the parameters: the median, and from 5 to 95 %).",
            rows=numbers.plain_count(manifest.firms), draws=numbers.plain_count(manifest.settings["draws"]), **told,
        )  # fmt: skip

    def _targets(self) -> Words:
        """With which probability the plan meets its two headline targets."""
        found = self.comparison.targets[self.comparison.targets["scenario"] == PLAN].set_index("outcome")
        drawn = self.comparison.draws[self.comparison.draws["scenario"] == PLAN]
        told = {}
        for what, outcome in (("resumed", "resumption_rate"), ("losing", "loss_share")):
            low, middle, high = np.quantile(drawn[drawn["outcome"] == outcome]["value"].dropna(), ENDS)
            told[what] = numbers.with_interval(middle, low, high, numbers.share)
            told[f"{what}_met"] = numbers.share(float(found.loc[outcome, "met_over_ranges"]))
        return _filled(
            zh="2022年12月31日停产企业复工率不低于95%的概率为{resumed_met}（复工率{resumed}）；企业亏损面不高于12%的概率为"
            "{losing_met}（亏损面{losing}）。",
            en="The probability that 95 % of the suspended enterprises have resumed by 31 December 2022 is "
            "{resumed_met} ({resumed} of them do); that at most 12 % of the enterprises make a loss, {losing_met} "
            "({losing} do).",
            **told,
        )

    def _actions(self) -> Words:
        """Which actions carry it: shares of the firms kept and of the cost, over the posterior."""
        of = self.attribution.attribution
        rest = of[(of["outcome"] == "survivors") & (of["player"] == self.attribution.rest)].iloc[0]
        kept = of[(of["outcome"] == "survivors") & ~of["player"].isin([WHOLE, self.attribution.rest])]
        kept = kept.sort_values("mean", ascending=False)
        cost = of[of["outcome"] == "public_cost"].set_index("player")
        told = [
            _filled(
                zh="{name} {firms}、{money}", en="{name} {firms} for {money}",
                name=player_name(self.attribution, row.player),
                firms=numbers.with_interval(row.mean, row.low, row.high, numbers.entities),
                money=numbers.with_interval(*cost.loc[row.player, ["mean", "low", "high"]], numbers.money),
            )
            for row in kept.head(MOST_NAMED).itertuples()
        ]  # fmt: skip
        return _filled(
            zh="效果归因（Shapley 值，{count} 个参数抽样的均值及其95%区间）："
            "{nominal} 项只是假设系数的措施和四项机制合计保住{rest}，只随假设的系数而定，不参与排序；"
            "其余各行动中保住企业最多的：{told}。",
            en="Whom it is due to (Shapley values, means over {count} draws with 95 % intervals): {nominal} measures "
            "that are only a factor of assumed size, with the working mechanisms, keep {rest}, which repeats the "
            "assumption and is not ranked; of the actions without them most is due to {told}.",
            nominal=numbers.plain_count(len(self.attribution.nominal)),
            rest=numbers.with_interval(rest["mean"], rest["low"], rest["high"], numbers.entities),
            count=numbers.plain_count(self.attribution.manifest.replications),
            told=Words(zh="；".join(one.zh for one in told), en="; ".join(one.en for one in told)),
        )

    def _unknown(self) -> Words:
        """How much of the effect is parameter uncertainty, and how much is random variation."""
        of = self.comparison.uncertainty
        of = of[(of["scenario"] == PLAN) & (of["against"] == NATION) & (of["outcome"] == "survival_rate")]
        return _filled(
            zh="一次运行中，存活率之差的方差有{share}来自参数不确定性，其余是随机波动。",
            en="Of the variance of the effect on survival in a single run {share} is parameter uncertainty, "
            "the rest is random variation between replications.",
            share=numbers.share(float(of["share"].iloc[0])),
        )

    def _decision(self) -> Words:
        """Which plan to choose at one worth of a firm kept, and which number would be worth most to know."""
        decision = self.decision
        row = decision.worths.set_index("worth_yuan").loc[WORTH]
        of = decision.parameters[decision.parameters["worth_yuan"] == WORTH]
        first = of.sort_values("evppi", ascending=False).iloc[0]
        named = {one.name: one.title for one in decision.manifest.scenarios}
        if first["is_told"]:
            number = _filled(
                zh="最值得弄清的参数是 {name}（{evppi}）", en="the number most worth knowing is {name} ({evppi})",
                name=Words(zh=f"`{first['parameter']}`", en=f"`{first['parameter']}`"),
                evppi=numbers.money(float(first["evppi"])),
            )  # fmt: skip
        else:
            number = Words(
                zh="没有哪个单独的参数，弄清它的价值可与偶然区分",
                en="no single number is worth knowing more than chance would make it seem",
            )
        return _filled(
            zh="若多保住一户企业值{worth}，平均净效益最大的是“{best}”"
            "（在{sure}的抽样中最好；比基准多出的措施中 {nominal} 项只是假设系数），"
            "按最小最大后悔值准则选出的是“{regret}”；完全信息期望价值为{evpi}，{number}。",
            en="If keeping a firm is worth {worth}, “{best}” has the largest net benefit on average (the best in "
            "{sure} of the draws; {nominal} of its measures beyond the baseline's are only factors of assumed size) "
            "and “{regret}” the least of the largest regrets; to know everything would be worth {evpi}, and {number}.",
            nominal=numbers.plain_count(self._nominal(str(row["plan"]))), worth=numbers.money(100 * WORTH),
            best=named[row["plan"]], sure=numbers.share(float(row["best_in"])),
            regret=named[decision.choices.set_index(["worth_yuan", "rule"]).loc[(WORTH, "regret"), "plan"]],
            evpi=numbers.money(float(row["evpi"])), number=number,
        )  # fmt: skip

    def _nominal(self, plan: str) -> int:
        """How many measures of a plan beyond the baseline's are nominal."""
        baseline, *_ = self.decision.manifest.scenarios
        contents = {one.name: one.contents["measures"] for one in self.decision.manifest.scenarios}
        beyond = [said for id_, said in contents[plan].items() if id_ not in contents[baseline.name]]
        return sum(said.get("nominal") is not None for said in beyond)


def _validation() -> Words:
    """How much of what is published the model gives back."""
    kept = releases.release(sim.__version__)
    assert kept is not None
    use = {id_: target.entry.use for id_, target in targets().by_id.items()}
    table = kept.table[kept.table["verdict"].isin(["hit", "miss", "no_value"])]
    told = {}
    for name in ("fitted", "checked"):
        of = table[table["target"].map(use) == name]
        told[name] = numbers.plain_count(len(of))
        told[f"{name}_hit"] = numbers.plain_count(int((of["verdict"] == "hit").sum()))
        told[f"{name}_sharp"] = numbers.plain_count(int(of["sharp"].astype(str).eq("True").sum()))
    return _filled(
        zh="可与公布数对照的：用于拟合的 {fitted} 项命中 {fitted_hit} 项（锐利 {fitted_sharp} 项），"
        "只检验的 {checked} 项命中 {checked_hit} 项（锐利 {checked_sharp} 项）。",
        en="Of the published figures that were fitted the model meets {fitted_hit} of {fitted} ({fitted_sharp} "
        "sharply), of those that were only checked {checked_hit} of {checked} ({checked_sharp} sharply).",
        **told,
    )


def _filled(zh: str, en: str, **parts: Words) -> Words:
    """A sentence in both languages."""
    return Words(
        zh=zh.format(**{name: words.zh for name, words in parts.items()}),
        en=en.format(**{name: words.en for name, words in parts.items()}),
    )


def _kept(folder: str, tables: Sequence[str]) -> Any:
    """A study of which the largest tables are not committed: its manifest, and some tables."""
    manifest = json.loads((REFERENCE / folder / "manifest.json").read_text("utf-8"))
    found = {name: pd.read_parquet(REFERENCE / folder / f"{name}.parquet") for name in tables}
    return SimpleNamespace(manifest=SimpleNamespace(**manifest), **found)


def _between(row: Any, written: Any) -> Words:
    """The median over draws and its interval."""
    return numbers.with_interval(row.middle, row.low, row.high, written)


def write() -> None:
    """Write the words between the marks of every page."""
    reference = Reference()
    for lang in LANGUAGES:
        said = reference.said(lang)
        for page in PAGES[lang]:
            before, rest = page.read_text("utf-8").split(BEGIN)
            page.write_text(f"{before}{BEGIN}\n{said}\n{END}{rest.split(END)[1]}", "utf-8")


def draw() -> None:
    """Draw the pictures of the READMEs, of tables that are all there when the result has just been made."""
    for lang, ending in (("en", ".png"), ("zh", ".zh.png")):
        sim.load(REFERENCE / "comparison").plot("differences", lang=lang).save(IMAGES / f"comparison{ending}")
        sim.load(REFERENCE / "attribution").plot(lang=lang).save(IMAGES / f"attribution{ending}")


if __name__ == "__main__":
    write()
    draw()
