"""What is on the desk: what-ifs, which is chosen, how it is shown; undo and redo; all of it in an address."""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any, Final

from pydantic import Field, ValidationError

from sim.desk.what_if import LONGEST_NAME, WhatIf, checked_name
from sim.measure import Strict, Words
from sim.refusal import Language, Refusal
from sim.report.words.catalogue import LANGUAGES, both, text
from sim.report.words.numbers import points
from sim.scenario import ScenarioError
from sim.study.comparison.parameter_uncertainty import NONE, POSTERIOR
from sim.study.comparison.scenarios import MAIN
from sim.study.runs.manifest import calibration_fingerprint

MOST_WHAT_IFS: Final = 4
FORM: Final = 1  # of the state in an address; an address of another form is not read
LONGEST_ADDRESS: Final = 16_000  # characters of the state in an address
LARGEST_STATE: Final = 200_000  # bytes of what it unpacks to
MOST_LEVERS: Final = 500  # of a what-if in an address
ADDRESS: Final = re.compile(r"(\d{1,4})\.([A-Za-z0-9_-]+)", re.ASCII)
UNCERTAINTIES: Final = (NONE, POSTERIOR)
LEAST_WIDTH, MOST_WIDTH = 0.00001, 0.1
PAST: Final = 200  # changes that can be undone


class _WhatIf(Strict):
    """A what-if in an address. Levers may hold any plain value: whoever loads the scenario checks them."""

    name: str
    extends: str = MAIN
    without: tuple[str, ...] = ()
    levers: dict[str, Any] = Field(default_factory=dict)
    title: Words | None = None
    description: Words | None = None
    author: str = ""
    expects: tuple[str, ...] = ()


class _State(Strict):
    """A desk in an address, and what made it."""

    what_ifs: tuple[_WhatIf, ...]
    chosen: int = 0
    lang: str
    uncertainty: str
    half_width: float
    shukun: str = ""
    calibration: str = ""


@dataclass(frozen=True)
class Desk:
    """The state of a page; every change gives another.

    ``what_ifs``: one to four, of different names; ``chosen``: which of them the left side shows, from 0. ``lang``: of
    the page. ``uncertainty``: ``none`` (replications) or ``posterior`` (every replication under a draw of the kept
    posterior too). ``half_width``: wished half-width of the intervals of the differences from the plan, as a share
    (0.001 is 0.1 percentage points).
    """

    what_ifs: tuple[WhatIf, ...]
    chosen: int = 0
    lang: Language = "zh"
    uncertainty: str = NONE
    half_width: float = 0.001

    @classmethod
    def new(cls, lang: Language = "zh") -> Desk:
        """A desk with one what-if that is the plan still."""
        return cls((WhatIf(_free_name((), lang)),), lang=lang)

    @property
    def what_if(self) -> WhatIf:
        """The chosen one."""
        return self.what_ifs[self.chosen]

    def changed(self, what_if: WhatIf) -> Desk:
        """With another what-if in the place of the chosen one. Raises ``Refusal`` for a name that is there already."""
        others = [one for place, one in enumerate(self.what_ifs) if place != self.chosen]
        _refuse_twice(what_if.name, others)
        return replace(self, what_ifs=(*self.what_ifs[: self.chosen], what_if, *self.what_ifs[self.chosen + 1 :]))

    def added(self, what_if: WhatIf | None = None) -> Desk:
        """With a further what-if, chosen: the one given, renamed where its name is taken, else a copy of the chosen.

        Raises ``Refusal`` where there are four.
        """
        if len(self.what_ifs) >= MOST_WHAT_IFS:
            raise _refusal(both("what_if.too_many", most=MOST_WHAT_IFS))
        taken = [one.name for one in self.what_ifs]
        new = what_if or replace(self.what_if, name=_free_name(taken, self.lang), title=None)
        if _folded(new.name) in map(_folded, taken):
            new = replace(new, name=_beside(new.name, taken))
        return replace(self, what_ifs=(*self.what_ifs, new), chosen=len(self.what_ifs))

    def removed(self) -> Desk:
        """Without the chosen what-if; of a single one the plan is left."""
        rest = (*self.what_ifs[: self.chosen], *self.what_ifs[self.chosen + 1 :])
        if not rest:
            return replace(self, what_ifs=(WhatIf(self.what_if.name),))
        return replace(self, what_ifs=rest, chosen=min(self.chosen, len(rest) - 1))

    def choosing(self, place: int) -> Desk:
        """With another what-if chosen; the nearest that there is."""
        return replace(self, chosen=min(max(place, 0), len(self.what_ifs) - 1))

    def showing(
        self, *, lang: Language | None = None, uncertainty: str | None = None, half_width: float | None = None
    ) -> Desk:
        """Shown otherwise. Raises ``Refusal`` for what there is not."""
        return _checked(
            replace(
                self,
                lang=self.lang if lang is None else lang,
                uncertainty=self.uncertainty if uncertainty is None else uncertainty,
                half_width=self.half_width if half_width is None else half_width,
            )
        )

    def to_address(self) -> str:
        """The whole state as characters that an address may hold (letters, digits, ``-_.``).

        Raises ``Refusal`` where it would be longer than LONGEST_ADDRESS.
        """
        state = {
            "what_ifs": [_plain(what_if) for what_if in self.what_ifs],
            "chosen": self.chosen,
            "lang": self.lang,
            "uncertainty": self.uncertainty,
            "half_width": self.half_width,
            "shukun": version("shukun"),
            "calibration": calibration_fingerprint()[:12],
        }
        written = json.dumps(state, ensure_ascii=False, separators=(",", ":"))
        packed = base64.urlsafe_b64encode(zlib.compress(written.encode(), 9)).decode().rstrip("=")
        address = f"{FORM}.{packed}"
        if len(address) > LONGEST_ADDRESS:
            raise _refusal(both("address.too_large", most=LONGEST_ADDRESS))
        return address

    @classmethod
    def from_address(cls, address: str) -> tuple[Desk, list[Words]]:
        """The state that :meth:`to_address` gave, and remarks: sentences on what may differ here.

        Raises ``Refusal`` with one sentence for an address of another form, a damaged, hostile or too large one.
        """
        state = _read(address)
        what_ifs = []
        for said in state.what_ifs:
            try:
                what_ifs.append(WhatIf(**{name: getattr(said, name) for name in _WhatIf.model_fields}).checked())
            except ScenarioError as refused:
                first = refused.errors[0]
                raise Refusal(zh=first.sentence("zh"), en=first.sentence("en")) from None
            except (RecursionError, UnicodeError):  # what no file could say
                raise _refusal(both("address.form")) from None
        for place, what_if in enumerate(what_ifs):
            _refuse_twice(what_if.name, what_ifs[:place])
        lang: Any = state.lang
        desk = _checked(cls(tuple(what_ifs), state.chosen, lang, state.uncertainty, state.half_width))
        remarks = []
        if state.shukun != version("shukun"):
            remarks.append(both("address.other", found=state.shukun[:LONGEST_NAME], known=version("shukun")))
        elif state.calibration != calibration_fingerprint()[:12]:
            remarks.append(both("address.other_calibration"))
        return desk, remarks


@dataclass(frozen=True)
class History:
    """A desk with what it was before and what was undone."""

    desk: Desk
    past: tuple[Desk, ...] = ()
    future: tuple[Desk, ...] = ()

    def then(self, desk: Desk) -> History:
        """After a change; the same desk is no change, choosing another what-if or language none to be undone."""
        if replace(desk, chosen=self.desk.chosen, lang=self.desk.lang) == self.desk:
            return replace(self, desk=desk)
        return History(desk, (*self.past, self.desk)[-PAST:])

    def undone(self) -> History:
        """One change back, in the present language; itself where there is none."""
        if not self.past:
            return self
        *past, before = self.past
        return History(replace(before, lang=self.desk.lang), tuple(past), (*self.future, self.desk))

    def redone(self) -> History:
        """One change that was undone again; itself where there is none."""
        if not self.future:
            return self
        *future, after = self.future
        return History(replace(after, lang=self.desk.lang), (*self.past, self.desk), tuple(future))


def _read(address: str) -> _State:
    """What an address holds, plain and of the right form, but not checked for sense."""
    if len(address) > LONGEST_ADDRESS:
        raise _refusal(both("address.too_large", most=LONGEST_ADDRESS))
    parts = ADDRESS.fullmatch(address)
    if parts is None:
        raise _refusal(both("address.form"))
    if int(parts[1]) != FORM:
        raise _refusal(both("address.version", found=int(parts[1]), known=FORM))
    try:
        packed = base64.urlsafe_b64decode(parts[2] + "=" * (-len(parts[2]) % 4))
        reader = zlib.decompressobj()
        content = reader.decompress(packed, LARGEST_STATE)
        if reader.unconsumed_tail or not reader.eof:
            raise _refusal(both("address.form"))
        state = _State.model_validate(json.loads(content, parse_constant=_no_number))
    except (binascii.Error, zlib.error, ValidationError, ValueError, RecursionError) as error:
        if isinstance(error, Refusal):
            raise
        raise _refusal(both("address.form")) from None
    is_sound = 1 <= len(state.what_ifs) <= MOST_WHAT_IFS and 0 <= state.chosen < len(state.what_ifs)
    if not is_sound or any(len(one.levers) > MOST_LEVERS for one in state.what_ifs):
        raise _refusal(both("address.form"))
    return state


def _no_number(word: str) -> float:
    """JSON knows neither infinity nor what is no number, whatever Python's reader takes."""
    raise ValueError(word)


def _plain(what_if: WhatIf) -> dict[str, Any]:
    """A what-if without what is as in a new one."""
    said: dict[str, Any] = {name: getattr(what_if, name) for name in _WhatIf.model_fields}
    said |= {name: words.model_dump() for name, words in said.items() if isinstance(words, Words)}
    return {name: value for name, value in said.items() if value and (name, value) != ("extends", MAIN)}


def _checked(desk: Desk) -> Desk:
    if desk.lang not in LANGUAGES:
        raise _refusal(both("address.language", found=str(desk.lang)[:LONGEST_NAME], allowed=", ".join(LANGUAGES)))
    if desk.uncertainty not in UNCERTAINTIES:
        found = str(desk.uncertainty)[:LONGEST_NAME]
        raise _refusal(both("address.uncertainty", found=found, allowed=", ".join(UNCERTAINTIES)))
    if not LEAST_WIDTH <= desk.half_width <= MOST_WIDTH:
        raise _refusal(both("address.width", least=points(LEAST_WIDTH), most=points(MOST_WIDTH)))
    return desk


def _refuse_twice(name: str, others: Iterable[WhatIf]) -> None:
    if _folded(checked_name(name)) in [_folded(one.name) for one in others]:
        raise _refusal(both("what_if.name.twice", called=name))


def _folded(name: str) -> str:
    """Names that differ only so are one file on some systems."""
    return name.casefold()


def _free_name(taken: Iterable[str], lang: Language) -> str:
    known = [_folded(name) for name in taken]
    names = (text("what_if.copy", lang, number=number) for number in range(1, MOST_WHAT_IFS + 2))
    return next(name for name in names if _folded(name) not in known)


def _beside(name: str, taken: Iterable[str]) -> str:
    """The name with a number behind it that none of the others has."""
    known = [_folded(one) for one in taken]
    names = (f"{name[: LONGEST_NAME - 3]} {number}" for number in range(2, MOST_WHAT_IFS + 2))
    return next(one for one in names if _folded(one) not in known)


def _refusal(said: Words) -> Refusal:
    return Refusal(zh=said.zh, en=said.en)
