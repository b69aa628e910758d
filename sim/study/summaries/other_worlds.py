"""Whether a scenario is compared with others of its own world: where not, a difference is not of the policy alone."""

from __future__ import annotations

from sim.study.summaries.comparison import ComparisonSummary


def other_worlds(summary: ComparisonSummary, scenario: str) -> dict[str, list[str]]:
    """What a scenario is compared with in another world than its own: by name the levers that tell the two apart."""
    contents = {asked.name: asked.contents for asked in summary.comparison.manifest.scenarios}

    def apart(group: str, other: str) -> list[str]:
        mine, theirs = (contents[name].get(group) or {} for name in (scenario, other))
        return [f"{group}.{key}" for key in {**mine, **theirs} if mine.get(key) != theirs.get(key)]

    found = {other: [*apart("world", other), *apart("parameters", other)] for other in summary.compared_with(scenario)}
    return {other: paths for other, paths in found.items() if paths}
