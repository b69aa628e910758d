"""Putting a scenario together: what is switched on, what is switched off, which levers are changed.

Files are taken in one after the other; :meth:`Composition.scenario` then checks everything in one go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from sim import timeline
from sim.data_folders import scenarios_folder
from sim.measure import Measure, Words
from sim.names import meant
from sim.parameters import Parameters
from sim.parameters import load as load_parameters
from sim.reaction import Reaction
from sim.refusal import Refusal, shown
from sim.scenario import levers as lever_paths
from sim.scenario.catalogue import ONCE, Catalogue, build, build_fund, dates, waits_for_plan, within
from sim.scenario.checking import Origins, Path, Source, check
from sim.scenario.document import Document, display
from sim.scenario.levers import Lever
from sim.scenario.reactions import build_reaction
from sim.scenario.scenario import Scenario
from sim.scenario.schema import MOST_MEASURES, PLAN_DAYS, Firms, Fund, Plan, ScenarioFile
from sim.scenario.slips import instead, near
from sim.scenario.sums import too_large
from sim.scenario.validation_errors import ScenarioError, ValidationError, listed
from sim.vocabulary import ACTIONS, MECHANISMS
from sim.world.spec import WorldSpec

NEW_ID: Final = Words(zh="措施目录和其他资金没有用过的编号", en="an id that neither the catalogue nor another fund has")
ON: Final = Words(zh="已启用的措施", en="a measure that is on")
NO_REACTION: Final = Words(zh="本情景没有触发规则", en="this scenario has no reactions")
MOST_FAULTS: Final = 200  # after which parameters are not looked at any more
NO_FUND: Final = Fund(id="fund", title=Words(zh="", en=""), level="province", bearer="province", when_dry="refuse")


@dataclass
class Composition:
    """What a chain of files asks for, collected file by file, the furthest ancestor first."""

    known: Catalogue
    errors: list[ValidationError]
    on: dict[str, None] = field(default_factory=dict)  # an ordered set of ids
    defined: dict[str, tuple[Document, dict[str, Any]]] = field(default_factory=dict)
    own_funds: dict[str, tuple[Document, int, dict[str, Any]]] = field(default_factory=dict)
    reactions: dict[str, tuple[Document, int, dict[str, Any]]] = field(default_factory=dict)
    levers: dict[str, Lever] = field(default_factory=dict)  # by their one spelling
    world: dict[str, Any] = field(default_factory=dict)
    world_from: Origins = field(default_factory=dict)
    firms: Firms | None = None
    against: tuple[str, ...] = ()  # names of the scenarios that it is compared with
    is_clear: bool = True  # whether everything that is to be switched on is known
    sources: dict[tuple[str, str], Source] = field(default_factory=dict)  # of measures, funds and the world, by part

    def __post_init__(self) -> None:
        self.plan_of_files = self.known.plan  # before levers move its days

    def add(self, document: Document, content: ScenarioFile, own: bool) -> None:
        """Take in one file; what it says comes after what the files that it extends say."""
        for id_, data in content.define.items():
            if id_ in self.known.sources:
                self.errors.append(document.error("duplicate_id", ("define", id_), id_, NEW_ID))
            self.defined[id_] = document, data
            self.on[id_] = None
        for place, data in enumerate(content.funds):
            id_ = str(data.get("id"))
            if id_ in self.known.funds or id_ in self.own_funds:
                self.errors.append(document.error("duplicate_id", ("funds", place, "id"), id_, NEW_ID))
            else:
                self.own_funds[id_] = document, place, data
        if content.in_force_anyway:
            self.on |= dict.fromkeys(id_ for id_, measure in self.known.measures.items() if measure.in_force_anyway)
        for place, data in enumerate(content.reactions):
            id_ = str(data.get("id"))
            if id_ in self.reactions:
                self.errors.append(document.error("duplicate_id", ("reactions", place, "id"), id_, ONCE))
            else:
                self.reactions[id_] = document, place, data
        for key in ("actions", "sections", "measures"):
            for place, name in enumerate(getattr(content, key)):
                self.on |= dict.fromkeys(self._switch(document, key, place, name))
        for place, name in enumerate(content.without):
            for id_ in self._switch(document, "without", place, name):
                self.on.pop(id_, None)
        # What the file says of the world and of the number of firms is a lever in another spelling.
        elsewhere = {f"world.{key}": value for key, value in content.world.items()}
        elsewhere |= {} if content.firms is None else {"firms": content.firms}
        pairs = [*elsewhere.items(), *content.levers.items()]
        self.errors += [
            document.error("set_twice", ("levers", path), both, lever_paths.EACH_ONCE)
            for path, both in lever_paths.twice(pairs)
        ]
        for path in lever_paths.in_order(content.levers):
            self.put(Lever(path, content.levers[path], document, own))
        self._add_world(content.world, document, ("world",))
        self.firms = content.firms if content.firms is not None else self.firms

    def put(self, lever: Lever) -> None:
        """Take in a lever; of two files, or of a file and a call, the later wins."""
        self.levers.pop(lever_paths.same(lever.path), None)
        self.levers[lever_paths.same(lever.path)] = lever

    def _switch(self, document: Document, key: str, place: int, name: str) -> list[str]:
        """Measures that a name under ``actions``, ``sections``, ``measures`` or ``without`` stands for."""
        sections, measures = list(self.known.plan.sections), [*self.known.sources, *self.defined]
        names, kind, allowed = {
            "actions": ([*ACTIONS, MECHANISMS], "not_allowed", listed((*ACTIONS, MECHANISMS))),
            "sections": (sections, "unknown_section", listed(sections)),
            "measures": (
                measures,
                "unknown_measure",
                Words(
                    zh=f"措施目录中 {len(measures)} 项措施之一",
                    en=f"one of the {len(measures)} measures of the catalogue",
                ),
            ),
            "without": (
                [*ACTIONS, MECHANISMS, *sections, *measures],
                "unknown_measure",
                Words(zh="行动、章节或措施", en="an action, section or measure"),
            ),
        }[key]
        name = meant(name, "action") if key == "without" else name
        if name not in names:
            self.is_clear = False
            self.errors.append(document.error(kind, (key, place), name, allowed, near(name, names)))
            return []
        return [name] if name in self.defined else self.known.switch(name)

    def _add_world(self, data: Mapping[str, Any], document: Document, at: Path) -> None:
        for key, value in data.items():
            self.world[key] = value
            self.world_from = {path: origin for path, origin in self.world_from.items() if path[0] != key}
            self.world_from[(key,)] = document, (*at, key)

    def scenario(self, name: str, content: ScenarioFile, title: Words, description: Words) -> Scenario:
        """The scenario, or every error at once; ``content`` is what its own file says."""
        by_kind: dict[str, list[Lever]] = {kind: [] for kind in (*lever_paths.ELSEWHERE, "measures")}
        for lever in self.levers.values():
            by_kind[lever.parts[0] if lever.parts[0] in lever_paths.ELSEWHERE else "measures"].append(lever)
        self._change_plan(by_kind["plan"])
        world = self._world(by_kind["world"])
        horizon = (world.start, world.end) if world is not None else self.known.plan.horizon
        funds = self._funds(by_kind["funds"], horizon)
        measures, unused = self._measures(by_kind["measures"], horizon)
        unused += self._idle([*by_kind["funds"], *by_kind["plan"]], measures)
        reactions = self._reactions(by_kind["reactions"], measures)
        parameters = self._parameters(by_kind["parameters"])
        firms = self._firms(by_kind["firms"])
        if len(measures) > MOST_MEASURES:
            document = Document(display(scenarios_folder()), {})
            most = Words(zh=f"至多 {MOST_MEASURES} 项", en=f"at most {MOST_MEASURES}")
            self.errors.append(document.error("too_many", (), len(measures), most))
        if self.errors or world is None:
            raise ScenarioError(self.errors)
        scenario = Scenario(
            name, title, description, content.author, self.against, content.expects, self.known.plan,
            measures, funds, world, parameters, firms, reactions, tuple(unused),
        )  # fmt: skip
        for part, id_, path, found, allowed in too_large(scenario):
            self.errors.append(self.sources[part, id_].error("out_of_range", path, f"{found:g}", allowed))
        if self.errors:
            raise ScenarioError(self.errors)
        return scenario

    def _idle(self, levers: Sequence[Lever], measures: Iterable[Measure]) -> Iterator[str]:
        """Levers of funds that no measure which is on draws on, and of days of the plan that none of them waits for."""
        if not levers:
            return
        drawn_on = {measure.fund for measure in measures}
        written = [self.known.sources[id_].data for id_ in self.on if id_ in self.known.sources]
        written += [self.defined[id_][1] for id_ in self.on if id_ in self.defined]
        written += [fund for fund in self.known.funds_file.data["funds"] if fund["id"] in drawn_on]
        waits = any(map(waits_for_plan, written))
        for lever in levers:
            if not (waits if lever.parts[0] == "plan" else lever.parts[1] in drawn_on):
                yield lever.path

    def _change_plan(self, levers: Iterable[Lever]) -> None:
        for lever in levers:
            if len(lever.parts) != 2 or lever.parts[1] not in PLAN_DAYS:
                allowed = [f"plan.{name}" for name in PLAN_DAYS]
                self.errors.append(lever.error("unknown_lever", lever.path, listed(allowed), near(lever.path, allowed)))
                continue
            data = self.known.plan.model_dump() | {lever.parts[1]: lever.value}
            plan, wrong = check(Plan, data, _lever_source(lever, (lever.parts[1],)))
            self.errors += wrong
            if plan is not None:
                self.known = replace(self.known, plan=plan)

    def _world(self, levers: Iterable[Lever]) -> WorldSpec | None:
        for lever in levers:
            paths = [f"world.{key}" for key in WorldSpec.model_fields]
            if lever.path not in paths:
                error = lever.error("unknown_lever", lever.path, listed(paths), near(lever.path, paths))
                self.errors.append(error)
                continue
            self._add_world({lever.parts[1]: lever.value}, lever.document, ())
            self.world_from[(lever.parts[1],)] = lever.document, ("levers", lever.path)
        # What concerns the whole, such as an end before the start, is said of the last place that changed the world.
        document, _ = next(reversed(self.world_from.values()), (Document("world", {}), ()))
        self.sources["world", ""] = Source(document, ("world",), dict(self.world_from))
        stated = dict(zip(("start", "end"), self.known.plan.horizon, strict=True)) | self.world
        world, wrong = check(WorldSpec, stated, self.sources["world", ""], (), {})
        self.errors += wrong
        return world

    def _measures(self, levers: Sequence[Lever], horizon: tuple[date, date]) -> tuple[tuple[Measure, ...], list[str]]:
        known = self.known
        # Levers of measures that are off are checked too, so that a mistake in them does not wait to be found.
        wanted = sorted({*self.on, *(id_ for lever in levers if (id_ := lever.parts[0]) in known.sources)})
        sources = {id_: Source(known.sources[id_]) for id_ in wanted if id_ in known.sources}
        sources |= {id_: Source(document, ("define", id_)) for id_, (document, _) in self.defined.items()}
        data = {id_: dict(known.sources[id_].data) for id_ in sources if id_ in known.sources}
        data |= {id_: {"id": id_, **written} for id_, (_, written) in self.defined.items()}
        written = {id_: document.data for id_, document in known.sources.items()}
        written |= {id_: own for id_, (_, own) in self.defined.items()}
        ids = list(written)
        origins, unused, wrong = lever_paths.change_measures(levers, data, self.on, written)
        self.errors += wrong
        if self.is_clear:
            self.errors += [
                lever.error("measure_is_off", lever.parts[0], ON)
                for lever in levers
                if lever.own and lever.path in unused and lever.parts[0] != lever_paths.ALL
            ]
        for id_, source in sources.items():
            self.sources["measures", id_] = replace(source, levers=origins.get(id_, {}))
        moved = known.plan != self.plan_of_files
        measures: dict[str, Measure] = {}
        for id_ in sorted(data):
            if id_ in known.measures and id_ not in origins and not (moved and waits_for_plan(data[id_])):
                measures[id_] = known.measures[id_]
            elif id_ in origins or id_ in self.defined or moved:  # else its errors are among the catalogue's
                source = self.sources["measures", id_]
                days = horizon if id_ in self.defined else known.plan.horizon
                measure, wrong = build(known, data[id_], source, days, ids)
                self.errors += wrong
                if measure is not None:
                    measures[id_] = measure
                    self.errors += _beyond(measure, source, horizon, id_ in self.defined)
        return tuple(measure for id_, measure in measures.items() if id_ in self.on), unused

    def _funds(self, levers: Iterable[Lever], horizon: tuple[date, date]) -> tuple[Fund, ...]:
        """All funds with their levers; measures are then built with those that the scenario adds among the known."""
        known = self.known
        written = known.funds_file.data["funds"]
        data = {fund["id"]: fund for fund in written} | {id_: fund for id_, (*_, fund) in self.own_funds.items()}
        sources = {fund["id"]: Source(known.funds_file, ("funds", place)) for place, fund in enumerate(written)}
        sources |= {id_: Source(document, ("funds", place)) for id_, (document, place, _) in self.own_funds.items()}
        self.sources |= {("funds", id_): source for id_, source in sources.items()}
        again = set(self.own_funds)
        for lever in levers:
            parts = lever.parts
            paths = [f"funds.{id_}.{name}" for id_ in data for name in lever_paths.OF_FUNDS]
            if lever.path not in paths:
                kind = "unknown_fund" if len(parts) == 3 and parts[1] not in data else "unknown_lever"
                found = parts[1] if kind == "unknown_fund" else lever.path
                self.errors.append(lever.error(kind, found, listed(paths), near(lever.path, paths)))
                continue
            id_, name = parts[1:]
            data[id_] = {**data[id_], name: lever.value}
            if name == "amount_yuan" and lever.value is not None:
                data[id_].pop("amount_from", None)
            sources[id_].levers[(name,)] = lever.document, ("levers", lever.path)
            again.add(id_)
        if known.plan != self.plan_of_files:
            again |= {id_ for id_ in data if waits_for_plan(data[id_])}
        funds = dict(known.funds)
        for id_ in sorted(again):
            fund, wrong = build_fund(known.plan, data[id_], sources[id_])
            self.errors += wrong
            if fund is not None:
                funds[id_] = fund
                days = [] if fund.amount_yuan is None else fund.amount_yuan.changes()
                self.errors += [
                    sources[id_].error("outside_horizon", ("amount_yuan", day.isoformat()), day, within(horizon))
                    for day in days
                    if not horizon[0] <= day <= horizon[1]
                ]
        # A fund with errors is known all the same, so that measures which name it are not blamed too.
        self.known = replace(known, funds={id_: funds.get(id_, NO_FUND) for id_ in data})
        return tuple(funds[id_] for id_ in sorted(funds))

    def _reactions(self, levers: Iterable[Lever], measures: Sequence[Measure]) -> tuple[Reaction, ...]:
        sources = {id_: Source(document, ("reactions", place)) for id_, (document, place, _) in self.reactions.items()}
        self.sources |= {("reactions", id_): source for id_, source in sources.items()}
        data = {id_: dict(written) for id_, (*_, written) in self.reactions.items()}
        for lever in levers:
            paths = [f"reactions.{id_}.{name}" for id_ in data for name in lever_paths.OF_REACTIONS]
            if lever.path not in paths:
                allowed = listed(paths) if paths else NO_REACTION
                self.errors.append(lever.error("unknown_lever", lever.path, allowed, near(lever.path, paths)))
                continue
            id_, name = lever.parts[1:]
            data[id_][name] = lever.value
            sources[id_].levers[(name,)] = lever.document, ("levers", lever.path)
        on = {measure.id: measure for measure in measures}
        found = []
        for id_ in sorted(data):
            reaction, wrong = build_reaction(self.known, data[id_], sources[id_], on, self.defined, self.is_clear)
            self.errors += wrong
            if reaction is not None:
                found.append(reaction)
        return tuple(found)

    def _parameters(self, levers: Sequence[Lever]) -> dict[str, float]:
        if not levers:
            return {}
        parameters = load_parameters()  # the file is long: read only when a scenario varies it
        changed: dict[str, float] = {}
        for lever in levers:
            if len(self.errors) > MOST_FAULTS:
                break  # the nearest name takes a while to find, and nobody reads on
            words = lever.path.split(".")[1:]
            path = ".".join(word if word.isascii() else str(meant(word, "sector", "size")) for word in words)
            try:
                parameters = parameters.with_changes({path: lever.value})
                changed[path] = lever.value
            except Refusal as refused:
                error = Source(lever.document, ("levers", lever.path)).refusal((), refused)
                path_meant = error.nearest and f"parameters.{error.nearest}"
                self.errors.append(replace(error, nearest=path_meant or _number_for(parameters, path, lever.value)))
        return dict(sorted(changed.items()))

    def _firms(self, levers: Iterable[Lever]) -> Firms | None:
        for lever in levers:
            content, wrong = check(ScenarioFile, {"firms": lever.value}, _lever_source(lever, ("firms",)))
            self.errors += wrong
            self.firms = content.firms if content else self.firms
        return self.firms


def _number_for(parameters: Parameters, path: str, value: Any) -> str | None:
    """What a parameter would take in place of a value that it does not."""
    for candidate in instead(value):
        try:
            parameters.with_changes({path: candidate})
        except ValueError:
            continue
        return shown(candidate) if candidate != value else None
    return None


def _lever_source(lever: Lever, at: Path) -> Source:
    return Source(lever.document, (), {at: (lever.document, ("levers", lever.path))})


def _beyond(measure: Measure, source: Source, horizon: tuple[date, date], is_own: bool) -> Iterator[ValidationError]:
    """Days and durations that the run does not reach: those that a lever names, or all of a scenario's own measure.

    The catalogue's own may lie outside a short run. More months, or days, than the horizon has can do no more than as
    many: a number beyond is a mistake, or a hope that the run cannot fulfil.
    """

    def asked(path: Path) -> bool:
        return is_own or any(path[:length] in source.levers for length in range(len(path) + 1))

    for path, day in dates(measure):
        if asked(path) and not horizon[0] <= day <= horizon[1]:
            yield source.error("outside_horizon", path, day, within(horizon))
    lasts = timeline.horizon(*horizon)
    most = {"months": lasts.months, "working days": lasts.days}
    for entry in lever_paths.of_measure(measure):
        path = lever_paths.place(entry.path.split(".")[1:])
        if entry.unit in most and asked(path):
            by_day: dict[str | None, Any] = entry.value if isinstance(entry.value, dict) else {None: entry.value}
            for since, number in by_day.items():
                if isinstance(number, int) and number > most[entry.unit]:
                    limit, unit = most[entry.unit], entry.unit.split()[-1]
                    allowed = Words(
                        zh=f"不大于 {limit}，即模拟期的{'月' if unit == 'months' else '天'}数",
                        en=f"at most {limit}, the {unit} of the horizon",
                    )
                    yield source.error("out_of_range", path if since is None else (*path, since), number, allowed)
