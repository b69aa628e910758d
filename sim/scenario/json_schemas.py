"""The JSON Schemas by which editors check and complete the files in ``scenarios/``, made from the typed models."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from sim.data_folders import scenarios_folder
from sim.instruments import instruments
from sim.measure import Measure
from sim.parameters import Setting
from sim.parameters import load as load_parameters
from sim.reaction import Reaction
from sim.scenario import levers
from sim.scenario.catalogue import catalogue
from sim.scenario.schema import PLAN_DAYS, Fund, FundsFile, Plan, RegisterFile, ScenarioFile
from sim.world.spec import WorldSpec


@cache
def json_schema() -> dict[str, dict[str, Any]]:
    """JSON Schemas of the files, by the name of the schema file: scenario, measure, funds, plan, register."""
    files: dict[str, type[BaseModel]] = {
        "scenario": ScenarioFile, "funds": FundsFile, "plan": Plan, "register": RegisterFile,
    }  # fmt: skip
    schemas = {name: _schema(model) for name, model in files.items()}
    schemas["measure"] = measure_schema()
    scenario = schemas["scenario"]["properties"]
    scenario["define"]["additionalProperties"] = {"$ref": "measure.json"}
    scenario["funds"]["items"] = {"$ref": "funds.json#/$defs/Fund"}
    reaction = Reaction.model_json_schema()
    schemas["scenario"].setdefault("$defs", {}).update(reaction.pop("$defs") | {"Reaction": reaction})
    scenario["reactions"]["items"] = {"$ref": "#/$defs/Reaction"}
    scenario["levers"] |= levers_schema()
    schemas["funds"]["properties"]["funds"]["items"] = {"$ref": "#/$defs/Fund"}
    fund = Fund.model_json_schema()
    schemas["funds"]["$defs"] = fund.pop("$defs") | {"Fund": fund}
    for name in ("measure", "funds"):
        schemas[name] = _with_words_for_days(schemas[name])
    return schemas


def _with_words_for_days(schema: Any) -> Any:
    """A schema in which the words for the plan's days are allowed wherever a day is."""
    if isinstance(schema, list):
        return [_with_words_for_days(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("format") == "date":
        texts = {key: schema[key] for key in ("title", "description") if key in schema}
        return {**texts, "anyOf": [{"type": "string", "format": "date"}, {"enum": list(PLAN_DAYS)}]}
    return {key: _with_words_for_days(part) for key, part in schema.items()}


def levers_schema() -> dict[str, Any]:
    """What may stand under ``levers``: every path of the shipped catalogue with its type and range.

    Measures and funds that a scenario defines itself have the levers of their kind, which only loading it can check.
    """
    known = catalogue(scenarios_folder())
    paths: dict[str, Any] = {}
    for id_, measure in known.measures.items():
        values = f"measure.json#/$defs/{measure.instrument}_values/properties"
        for field in levers.paths(known.sources[id_].data):
            is_value = field in type(measure.values).model_fields
            paths[f"{id_}.{field}"] = {"$ref": f"{values}/{field}"} if is_value else _of_measure(field)
    for field in levers.all_fields():
        of = [
            {"$ref": f"measure.json#/$defs/{name}_values/properties/{field}"}
            for name, module in instruments().items()
            if field in module.Values.model_fields
        ]
        paths[f"{levers.ALL}.{field}"] = {"anyOf": of} if of else _of_measure(field)
    for id_ in known.funds:
        paths |= {f"funds.{id_}.{name}": _of_fund(name) for name in levers.OF_FUNDS}
    paths |= {f"plan.{name}": {"$ref": f"plan.json#/properties/{name}"} for name in PLAN_DAYS}
    world = _inlined(WorldSpec.model_json_schema())
    paths |= {f"world.{name}": said for name, said in world["properties"].items()}
    paths["firms"] = {"$ref": "#/properties/firms"}
    paths |= {f"parameters.{setting.path}": _of_parameter(setting) for setting in load_parameters().settings()}
    shipped = "|".join([*known.measures, levers.ALL])
    own: dict[str, Any] = {f"^(?!({shipped}|{'|'.join(levers.ELSEWHERE)})(\\.|$))": {}, f"^({shipped})\\.values\\.": {}}
    own |= {f"^funds\\.[a-z][a-z0-9_]*\\.{name}$": _of_fund(name) for name in levers.OF_FUNDS}
    own |= {
        f"^reactions\\.[a-z][a-z0-9_]*\\.{name}$": {"$ref": f"#/$defs/Reaction/properties/{name}"}
        for name in levers.OF_REACTIONS
    }
    return {
        "properties": {path: paths[path] for path in sorted(paths)},
        "patternProperties": own,
        "additionalProperties": False,
    }


def _of_measure(field: str) -> dict[str, Any]:
    part, _, name = field.partition(".")
    model = levers.PARTS[part].__name__ if name else ""
    return {"$ref": f"measure.json#/$defs/{model}/properties/{name}" if name else f"measure.json#/properties/{part}"}


def _of_fund(name: str) -> dict[str, Any]:
    return {"$ref": f"funds.json#/$defs/Fund/properties/{name}"}


def _of_parameter(setting: Setting) -> dict[str, Any]:
    said = f"{setting.unit}; a factor on the whole table" if setting.is_factor else setting.unit
    if isinstance(setting.value, date):
        return {"type": "string", "format": "date", "description": f"{said}, {setting.low} to {setting.high}"}
    return {"type": "number", "minimum": setting.low, "maximum": setting.high, "description": said}


def _inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema without references to definitions of its own, so that parts of it may stand elsewhere."""
    definitions = schema.pop("$defs", {})

    def within(part: Any) -> Any:
        if isinstance(part, list):
            return [within(inner) for inner in part]
        if not isinstance(part, dict):
            return part
        if "$ref" in part:
            return within(definitions[part["$ref"].rpartition("/")[2]])
        return {key: within(inner) for key, inner in part.items()}

    inlined: dict[str, Any] = within(schema)
    return inlined


def measure_schema() -> dict[str, Any]:
    """Schema of a measure file: the fields of every measure, and under ``values`` those of its instrument."""
    schema = _schema(Measure)
    definitions = schema["$defs"]
    choices = []
    for name, module in instruments().items():
        values = module.Values.model_json_schema()
        definitions |= values.pop("$defs", {})
        definitions[f"{name}_values"] = {**values, "title": f"values of {name}"}
        choices.append(
            {
                "if": {"properties": {"instrument": {"const": name}}},
                "then": {"properties": {"values": {"$ref": f"#/$defs/{name}_values"}}},
            }
        )
    schema["properties"]["instrument"] = {"enum": list(instruments()), "description": "file in `sim/instruments/`"}
    schema["properties"]["id"]["description"] = "the file's name"
    schema["allOf"] = choices
    return schema


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()}


def write_schemas(folder: Path) -> None:
    """Write the JSON Schemas into a folder, one file each."""
    for name, schema in json_schema().items():
        (folder / f"{name}.json").write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
