"""What is on the desk: what-ifs, which is chosen, how it is shown; undo and redo; all of it in an address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sim.desk.what_if import WhatIf
from sim.refusal import Language

MOST_WHAT_IFS: Final = 4
LONGEST_ADDRESS: Final = 16_000  # characters of the state in an address
UNCERTAINTIES: Final = ("none", "posterior")


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
    uncertainty: str = "none"
    half_width: float = 0.001

    @classmethod
    def new(cls, lang: Language = "zh") -> Desk:
        """A desk with one what-if that is the plan still."""
        raise NotImplementedError

    @property
    def what_if(self) -> WhatIf:
        """The chosen one."""
        return self.what_ifs[self.chosen]

    def changed(self, what_if: WhatIf) -> Desk:
        """With another what-if in the place of the chosen one. Raises ``Refusal`` for a name that is there already."""
        raise NotImplementedError

    def added(self, what_if: WhatIf | None = None) -> Desk:
        """With a further what-if, chosen: the one given, renamed where its name is taken, else a copy of the chosen.

        Raises ``Refusal`` where there are four.
        """
        raise NotImplementedError

    def removed(self) -> Desk:
        """Without the chosen what-if; of a single one the plan is left."""
        raise NotImplementedError

    def choosing(self, place: int) -> Desk:
        """With another what-if chosen."""
        raise NotImplementedError

    def showing(
        self, *, lang: Language | None = None, uncertainty: str | None = None, half_width: float | None = None
    ) -> Desk:
        """Shown otherwise. Raises ``Refusal`` for what there is not."""
        raise NotImplementedError

    def to_address(self) -> str:
        """The whole state as characters that an address may hold (letters, digits, ``-_.``). Raises ``Refusal``."""
        raise NotImplementedError

    @classmethod
    def from_address(cls, address: str) -> tuple[Desk, list]:
        """The state that :meth:`to_address` gave, and remarks: sentences (``Words``) on what may differ here.

        Raises ``Refusal`` with one sentence for an address of another form, a damaged, hostile or too large one.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class History:
    """A desk with what it was before and what was undone."""

    desk: Desk
    past: tuple[Desk, ...] = ()
    future: tuple[Desk, ...] = ()

    def then(self, desk: Desk) -> History:
        """After a change; the same desk is no change, choosing another what-if or language none to be undone."""
        raise NotImplementedError

    def undone(self) -> History:
        """One change back; itself where there is none."""
        raise NotImplementedError

    def redone(self) -> History:
        """One change that was undone again; itself where there is none."""
        raise NotImplementedError
