"""The reference result: the READMEs say what it says, and what is stored of it comes out again to the last bit."""

from __future__ import annotations

import pytest

from sim.engine import simulate
from sim.refusal import Language
from sim.report.words.catalogue import LANGUAGES
from sim.scenario import load
from sim.study.comparison.parameter_uncertainty import changes, drawn
from tests.docs import reference


@pytest.fixture(scope="module")
def stored() -> reference.Reference:
    return reference.Reference()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_readmes_say_what_the_reference_result_says(stored: reference.Reference, lang: Language) -> None:
    for page in reference.PAGES[lang]:
        text = page.read_text("utf-8").split(reference.BEGIN)[1].split(reference.END)[0]
        assert text.strip() == stored.said(lang), f"{page.name}: python -m tests.docs.reference writes it anew"


@pytest.mark.parametrize("name", [reference.PLAN, reference.NATION])
def test_a_run_of_it_comes_out_again_to_the_last_bit(stored: reference.Reference, name: str) -> None:
    study = stored.comparison
    result = simulate(load(name), firms=study.manifest.firms, seed=study.manifest.seed)
    kept = study.values[(study.values["scenario"] == name) & (study.values["replication"] == 0)]
    assert dict(zip(kept["outcome"], kept["value"], strict=True)) == pytest.approx(
        dict(zip(result.outcomes["outcome"], result.outcomes["value"], strict=True)), rel=0, abs=0, nan_ok=True
    )


def test_a_draw_of_it_comes_out_again_to_the_last_bit(stored: reference.Reference) -> None:
    study = stored.comparison
    draws = changes(study.manifest.settings["uncertainty"], study.manifest.settings["draws"], study.manifest.seed)
    [scenario] = drawn(load(reference.PLAN), draws[-1:])
    result = simulate(scenario, firms=study.manifest.firms, seed=study.manifest.seed)
    kept = study.draws[(study.draws["scenario"] == reference.PLAN) & (study.draws["draw"] == len(draws) - 1)]
    kept = kept[kept["outcome"] != "public_cost"]  # which is no outcome of a run by itself
    assert dict(zip(kept["outcome"], kept["value"], strict=True)) == pytest.approx(
        dict(zip(result.outcomes["outcome"], result.outcomes["value"], strict=True)), rel=0, abs=0, nan_ok=True
    )
