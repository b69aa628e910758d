"""Whether the register of clauses says what the measures do that carry them out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sim.measure import Measure, Words
from sim.scenario.document import Document
from sim.scenario.schema import Clause
from sim.scenario.validation_errors import ValidationError


def register_errors(
    register: Mapping[str, Clause], document: Document, measures: Iterable[Measure], faulty: list[Mapping[str, Any]]
) -> Iterable[ValidationError]:
    """What the register says otherwise than the measures; nothing of a clause that a faulty measure may carry out."""
    carried: dict[str, set[str]] = {}
    unsure: set[str] = set()
    for data in faulty:
        named = data.get("clauses")
        known = [str(id_) for id_ in named if str(id_) in register] if isinstance(named, list) else []
        unsure.update(known if isinstance(named, list) and len(known) == len(named) > 0 else register)
    for measure in measures:
        for clause_id in measure.clauses:
            carried.setdefault(clause_id, set()).add(measure.origin)
    for id_, clause in register.items():
        if clause.status == "declared" and not clause.note:
            why = Words(zh="未建模的理由", en="the reason why it is not modelled")
            yield document.error("missing_key", ("clauses", id_, "note"), "note", why)
        if id_ in unsure:
            continue
        at = ("clauses", id_, "status")
        if clause.status == "modelled" and id_ not in carried:
            said = Words(zh="状态为 modelled，但没有措施写明此条款", en="modelled, but no measure names the clause")
            yield document.error("refused", at, said, Words(zh="补上措施，或写 declared", en="a measure, or declared"))
        if clause.status == "declared" and id_ in carried:
            said = Words(zh="状态为 declared，但有措施写明此条款", en="declared, but a measure names the clause")
            yield document.error("refused", at, said, "modelled")
        origins = carried.get(id_, {clause.origin})
        as_carried = "both" if len(origins) > 1 else next(iter(origins))
        if clause.origin != as_carried:
            yield document.error("not_as_carried", ("clauses", id_, "origin"), clause.origin, as_carried)
