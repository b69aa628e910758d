"""Calibrated parameters with their priors and what stands behind them: a list for people, a document, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from sim.data_folders import PARAMETER_FILES, calibration_folder
from sim.evidence import Evidence, evidence
from sim.measure import Words
from sim.parameter_file import Number, Prior, leaves, read
from sim.parameters import Description
from sim.refusal import Refusal, UnknownName
from sim.report.terminal.lever_list import pattern
from sim.report.terminal.tables import paragraph, table
from sim.report.words.catalogue import LANGUAGES, Language, both, named, text
from sim.report.words.parameter_names import group_name, key_name, parameter_name, unit_name
from sim.report.words.sentences import say

COLUMNS: Final = ("name", "parameter", "value", "unit", "prior", "grade", "basis")
FEW: Final = 6  # values of a table that are written one by one
GRADES: Final = ("A", "B", "C", "D")


def answering(entries: Sequence[Description], words: Sequence[str]) -> list[Description]:
    """The parameters to which all of the words apply: how a word begins that is said of one or of its evidence.

    Said of one are its path, its name, unit and group in both languages, and the keys of its table.
    """
    wanted = [pattern(word) for word in words]
    marks = " ".join(text("parameter.assumed", lang) for lang in LANGUAGES)
    found = []
    for entry in entries:
        said = [entry.path, entry.unit, entry.note, entry.grade, entry.prior.distribution]
        said += [say(lang, named("parameter.prior", entry.prior.distribution)) for lang in LANGUAGES]
        said += [marks, entry.assumption] if entry.assumption else []
        said += [f"{row.id} {row.item} {row.place} {row.source_title} {row.source_address}" for row in _rows(entry)]
        called = [_name(entry), unit_name(entry.unit), group_name(entry.path)]
        for path in _paths(entry):
            said.append(path)
            called += filter(None, [key_name(path)])
        said += [say(lang, one) for one in called for lang in LANGUAGES]
        if all(word.search(" ".join(said)) for word in wanted):
            found.append(entry)
    return found


def show(entries: Sequence[Description], lang: Language, words: Sequence[str] = ()) -> None:
    """Print parameters with prior and grade, then what stands behind each; in a pipe one line each.

    Of a table with keys among the words, the values under these keys.
    """
    heads = [text(f"parameter.column.{name}", lang) for name in COLUMNS[:-1]]
    table(heads, [_told(_meant(entry, words), lang) for entry in entries])
    paragraph(text("parameter.grades", lang))
    for entry in entries:
        paragraph(text("parameter.with_path", lang, called=_name(entry), path=entry.path))
        for said in _basis(entry, lang):
            paragraph(said, "  - ")
    print()
    paragraph(text("cli.note.not_levers", lang))


def document(entries: Sequence[Description], lang: Language) -> str:
    """The same as Markdown, a table a group, after how many rest on evidence and how good it is."""
    parts = [text("parameter.summary", lang, **_counts(entries))]
    heads = [text(f"parameter.column.{name}", lang) for name in COLUMNS]
    for group, members in groupby(entries, key=lambda entry: entry.path.partition(".")[0]):
        heading = text("parameter.with_path", lang, called=group_name(group), path=f"`{group}`")
        parts += ["", f"## {heading}", "", f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
        for entry in members:
            name, path, *rest = _told(entry, lang)
            cells = [name, f"`{path}`", *rest, "<br>".join(_basis(entry, lang))]
            parts.append(f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |")
    return "\n".join(parts)


def answer(entries: Sequence[Description]) -> list[dict[str, Any]]:
    """Everything that is known of parameters, as plain values; ``prior`` of a table is that of the factor on it."""
    return [
        {
            "path": entry.path,
            "name": dict(_name(entry)),
            "kind": "parameter",
            "value": _keyed(entry.value),
            "unit": entry.unit,
            "prior": entry.prior.model_dump(mode="json", exclude={"value"}),
            "grade": entry.grade,
            "assumption": entry.assumption,
            "note": entry.note,
            "evidence": [_plain(row) for row in _rows(entry)],
        }
        for entry in entries
    ]


def _told(entry: Description, lang: Language) -> tuple[str, ...]:
    """Path, value, unit, prior and grade in words."""
    prior = say(lang, _prior(entry.prior))
    if isinstance(entry.value, dict) and not entry.prior.is_fixed:
        prior = text("parameter.factor", lang, prior=prior)
    unit = say(lang, unit_name(entry.unit))
    return say(lang, _name(entry)), entry.path, say(lang, _value(entry)), unit, prior, entry.grade


def _name(entry: Description) -> Words:
    return parameter_name(entry.path) or Words(zh=entry.path, en=entry.path)


def _paths(entry: Description) -> list[str]:
    """The paths of the values of a table."""
    return [".".join(map(str, (entry.path, *keys))) for keys, _ in _leaves(entry)]


def _leaves(entry: Description) -> list[tuple[tuple[Any, ...], Any]]:
    """The values of a table with their keys; none of anything else."""
    return list(leaves(entry.value)) if isinstance(entry.value, dict) else []


def _meant(entry: Description, words: Sequence[str]) -> Description:
    """The same with only the values under the keys that are among the words, in any language, where there are any."""
    wanted = {word.casefold().removeprefix(f"{entry.path}.") for word in words}
    wanted = {part for word in wanted for part in (word, *word.split("."))}
    met = []
    for (keys, leaf), path in zip(_leaves(entry), _paths(entry), strict=True):
        name = key_name(path)
        said = {str(key) for key in keys} | {say(lang, name).casefold() for lang in LANGUAGES if name}
        met.append((len(wanted & said), ".".join(map(str, keys)), leaf))
    most = max((count for count, *_ in met), default=0)
    return entry._replace(value={key: leaf for count, key, leaf in met if count == most}) if most else entry


def _prior(prior: Prior) -> Words:
    kind = named("parameter.prior", prior.distribution)
    if prior.is_fixed:
        return kind
    said = both("unit.interval", low=_number(prior.low), high=_number(prior.high))
    if prior.sd is not None:
        said = both("parameter.with_sd", range=said, sd=_number(prior.sd))
    return both("parameter.over", kind=kind, range=said)


def _value(entry: Description) -> Words:
    """A number, a day, or a table: its values where they are few, else how many there are and what they lie between."""
    found = _leaves(entry)
    if not found:
        written = _number(entry.value)
        return Words(zh=written, en=written)
    if len(found) > FEW:
        numbers = [leaf for _, leaf in found]
        said = both("unit.interval", low=_number(min(numbers)), high=_number(max(numbers)))
        return both("parameter.values", count=len(found), range=said)
    named = [
        both("parameter.of_key", key=key_name(path) or str(keys[-1]), value=_number(leaf))
        for path, (keys, leaf) in zip(_paths(entry), found, strict=True)
    ]
    mark = both("recalibration.mark")
    return Words(zh=mark.zh.join(one.zh for one in named), en=mark.en.join(one.en for one in named))


def _basis(entry: Description, lang: Language) -> Iterator[str]:
    """The evidence, one line each, then why it is assumed, then the note."""
    for row in _rows(entry):
        unit = f" {row.unit}" if isinstance(row.value, float) else ""
        figure = _number(row.value) if isinstance(row.value, float | date) else row.value
        address = f", {row.source_address}" if row.source_address else ""
        where = f"{row.place}, {row.period}"
        yield f"{row.item}: {figure}{unit}; {where}; {row.source_title}{address} [{row.id}, {row.grade}]"
    if entry.assumption:
        yield f"{text('parameter.assumed', lang)}: {' '.join(entry.assumption.split())}"
    if entry.note:
        yield f"{text('parameter.note', lang)}: {' '.join(entry.note.split())}"


def _counts(entries: Sequence[Description]) -> dict[str, str | int]:
    grades = ", ".join(f"{grade} {sum(entry.grade == grade for entry in entries)}" for grade in GRADES)
    return {
        "count": len(entries),
        "evident": sum(bool(entry.evidence) for entry in entries),
        "settled": sum(not entry.assumption for entry in entries),
        "assumed": sum(bool(entry.assumption) for entry in entries),
        "alone": sum(not entry.evidence for entry in entries),
        "fixed": sum(entry.prior.is_fixed for entry in entries),
        "grades": grades,
    }


def _rows(entry: Description) -> list[Evidence]:
    """The rows that a parameter names; :class:`Refusal` with file and parameter for one that there is not."""
    known = evidence()
    for id_ in entry.evidence:
        if id_ not in known:
            unknown = UnknownName("evidence", id_, known)
            file = _file(entry.path)
            raise Refusal(
                zh=f"{file}: {entry.path}: evidence: {unknown.zh}", en=f"{file}: {entry.path}: evidence: {unknown.en}"
            )
    return [known[id_] for id_ in entry.evidence]


def _file(path: str) -> Path:
    """The file of the present folder of calibration that a parameter is read from."""
    folder = calibration_folder()
    files = [folder / name for name in PARAMETER_FILES]
    own = next((file for file in files if file.is_file() and path in read(file)), None)
    return own or folder


def _number(value: Number) -> str:
    if isinstance(value, date):
        return value.isoformat()
    written = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.12g}"
    return written.replace("-", "−")


def _keyed(value: Any) -> Any:
    """A table with its keys as texts, a day as text."""
    if isinstance(value, dict):
        return {str(key): _keyed(inner) for key, inner in value.items()}
    return value.isoformat() if isinstance(value, date) else value


def _plain(row: Evidence) -> dict[str, Any]:
    return {name: _keyed(value) for name, value in row._asdict().items()}
