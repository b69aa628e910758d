"""Which scenarios are compared, with which, and which of them a comparison is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sim.measure import Words
from sim.scenario import Scenario, load
from sim.scenario.loader import NO_SUPPORT, names
from sim.study import StudyError
from sim.vocabulary import ACTIONS

if TYPE_CHECKING:
    from sim.study.outcomes import Pair

BASELINE: Final = NO_SUPPORT  # neither the plan nor what the nation did
NATIONAL: Final = "national_rules"  # what was in force anyway
MAIN: Final = "full_plan"
ALONE: Final = tuple(f"action_{action}" for action in ACTIONS)  # as the plan lists them, over no support
ADDED: Final = tuple(f"added_{action}" for action in ACTIONS)  # what the province added, over the national rules
WITHOUT: Final = tuple(f"without_{action}" for action in ACTIONS)
DEFAULT: Final = (BASELINE, NATIONAL, *ALONE, *ADDED, *WITHOUT, MAIN)


class Compared(NamedTuple):
    """Scenarios side by side.

    ``scenarios``: all of them, the baseline of the comparison first. ``pairs``: (scenario, against). ``subjects``: what
    the comparison is about, in the order asked: the scenarios that were asked for and are no part of the plan, else the
    whole plan, else whatever was asked for beside the baseline. ``between``: the subjects, and the whole plan where it
    was asked for, with each other: pairs (later, earlier) that are not among ``pairs``.
    """

    scenarios: list[Scenario]
    pairs: list[Pair]
    subjects: list[str]
    between: list[Pair]


def default() -> tuple[str, ...]:
    """What is compared where nobody says what: of ``DEFAULT`` what the case at hand has."""
    there = names()
    return tuple(name for name in DEFAULT if name in there)


def default_choice() -> tuple[str, ...]:
    """What is chosen between where nobody says what: the nation's rules, what was added of each action, the whole plan.

    As far as the case at hand has them. An action of which nothing was added but nominal measures is not among them:
    they are ranked nowhere. Raises :class:`StudyError` where the case has nothing of it.
    """
    there = names()
    anyway = {measure.id for measure in load(NATIONAL).measures} if NATIONAL in there else set()

    def has_rank(name: str) -> bool:
        own = [measure for measure in load(name).measures if measure.id not in anyway]
        return name not in ADDED or any(measure.nominal is None for measure in own)

    found = tuple(name for name in (NATIONAL, *ADDED, MAIN) if name in there and has_rank(name))
    if not found:
        raise StudyError(
            zh=f"本案例中没有 {NATIONAL}、{MAIN}：请写明在哪些情景中选择。",
            en=f"The case at hand has neither {NATIONAL} nor {MAIN}: name the scenarios to choose between.",
        )
    return found


def to_choose(
    asked: Sequence[str | Path | Scenario], against: str | Path | Scenario | None, levers: Mapping[str, Any]
) -> list[Scenario]:
    """Plans to choose between: first the baseline of all, found as :func:`with_baselines` finds it, then those asked.

    Raises ``ScenarioError`` for scenarios that are not understood and :class:`StudyError` where there are not two.
    """
    baseline, *others = with_baselines(asked, () if against is None else (against,), levers).scenarios
    named = {load(scenario, levers).name for scenario in asked}
    plans = [baseline, *(scenario for scenario in others if scenario.name in named)]
    if len(plans) < 2:
        raise StudyError(
            zh=f"只有“{baseline.name}”一个方案，无可选择：请给出至少一个与它不同的情景。",
            en=f"There is nothing to choose beside {baseline.name}: name at least one other scenario.",
        )
    return plans


def with_baselines(
    asked: Sequence[str | Path | Scenario],
    against: Sequence[str | Path | Scenario],
    levers: Mapping[str, Any],
) -> Compared:
    """Scenarios to compare, those that others are compared with among them, and who is compared with whom.

    ``against``: what all others are compared with; where nothing is said each with what it says itself. A world that is
    asked for under another name stands for the one of that name. The first scenario is the baseline of the comparison,
    with which most are compared first. Who lives in another world than the scenario that says what it is compared with
    (other outbreaks, demand or parameters) is compared with the same in its own world, see :func:`_in_the_world_of`,
    unless ``against`` names it: a difference is then of the policy alone. Raises ``ScenarioError`` for scenarios that
    are not understood and :class:`StudyError` when two have the same name.
    """
    worlds = [load(scenario, levers) for scenario in asked]
    known = {scenario.fingerprint(): scenario for scenario in reversed(worlds)}

    def among(other: Scenario) -> Scenario:
        same = next((one for one in worlds if one.name == other.name), known.get(other.fingerprint()))
        if same is None or same.fingerprint() != other.fingerprint():
            worlds.append(same := other)
        return same

    def baseline_of(scenario: Scenario, name: str | Path | Scenario) -> Scenario:
        plain = load(name, levers)
        there = _in_the_world_of(scenario, plain, levers)
        found = among(there)
        if there is not plain:  # which scenarios of the same world share
            known.setdefault(there.fingerprint(), found)
        return found

    for_all = [among(load(name, levers)) for name in against]
    pairs: list[Pair] = []
    for scenario in worlds:  # which grows on the way
        said = scenario.against if scenario.origin is None else scenario.origin.against
        others = for_all or [baseline_of(scenario, name) for name in said]
        pairs += [(scenario.name, other.name) for other in others if other is not scenario]
    names = [scenario.name for scenario in worlds]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise StudyError(
            zh=f"要比较的情景重名：{'、'.join(twice)}。",
            en=f"Scenarios to compare have the same name: {', '.join(twice)}.",
        )
    firsts = Counter({one: of for one, of in reversed(pairs)}.values())
    baseline = max(worlds, key=lambda scenario: firsts[scenario.name])
    named = [scenario.name for scenario in worlds[: len(asked)]]
    with_all = {baseline.name, *(scenario.name for scenario in for_all)}
    subjects = _subjects([name for name in named if name not in with_all])
    beside = [MAIN] if MAIN in named and MAIN not in subjects else []
    known_pairs = {frozenset(pair) for pair in pairs}
    between = [
        (later, earlier)
        for earlier, later in combinations((*beside, *subjects), 2)
        if frozenset((later, earlier)) not in known_pairs
    ]
    others = [scenario for scenario in worlds if scenario is not baseline]
    return Compared([baseline, *others], pairs, subjects, between)


def _in_the_world_of(scenario: Scenario, other: Scenario, levers: Mapping[str, Any]) -> Scenario:
    """What a scenario is compared with, in the scenario's own world.

    What differs in world and parameters between the scenario and the one that says what it is compared with is taken
    over as levers, so that ``early_2020``, which says that a year without an epidemic is its baseline, keeps it. Where
    nothing else would be left of the difference the world is what is asked about, and ``other`` stays as it is.
    """
    if scenario.origin is None:
        return other
    mine, theirs = (one.contents() for one in (scenario, load(scenario.origin.against_said_by, levers)))
    moved = {
        f"{group}.{key}": value
        for group in ("world", "parameters")
        for key, value in mine[group].items()
        if theirs[group].get(key) != value
    }
    if not moved:
        return other
    title = Words(
        zh=f"{other.title.zh}（外部环境同“{scenario.title.zh}”）",
        en=f"{other.title.en} (in the world of “{scenario.title.en}”)",
    )
    there = replace(load(other, {**levers, **moved}), name=f"{other.name}_in_the_world_of_{scenario.name}", title=title)
    return other if there.fingerprint() == scenario.fingerprint() else there


def _subjects(named: Sequence[str]) -> list[str]:
    """What a comparison of these is about, see :class:`Compared`."""
    own = [name for name in named if name not in DEFAULT]
    return own or [name for name in named if name == MAIN] or list(named)
