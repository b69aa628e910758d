"""How results are drawn and told: a floor above, which they do not know, makes their ``plot()`` and their ``repr``.

Who draws and who tells is said here once, when the package is imported (``sim/__init__.py``).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol


class Picture(Protocol):
    """What ``plot()`` gives: a notebook shows it, offline and without extensions."""

    def to_dict(self) -> dict[str, Any]:
        """Its Vega-Lite specification, which holds the data."""

    def save(self, path: str | Path) -> Path:
        """Write it as ``.png``, ``.svg``, ``.pdf``, or its specification as ``.json``."""


class Told:
    """What a console tells in a few lines, and a notebook with a table, in the language of the environment."""

    def __repr__(self) -> str:
        return _tell(self)

    def _repr_html_(self) -> str:
        return _show(self)


_draw: Callable[..., Any]
_tell: Callable[[Any], str]
_show: Callable[[Any], str]


def drawn_by(draw: Callable[..., Any]) -> None:
    """Say who draws: called with what is drawn, and with the keywords of :func:`draw`."""
    global _draw
    _draw = draw


def draw(what: Any, **how: Any) -> Any:
    """Have something drawn: a :class:`Picture`, or with ``ax`` the axes that were drawn on.

    ``how``: ``lang`` (zh or en; None for that of the environment), ``ax`` (axes of Matplotlib, one for each of the
    three headline outcomes, of a search a single one), ``width`` and
    ``height`` (of a plot, in the units of its letters), and what this kind of result takes besides.
    """
    return _draw(what, **how)


def told_by(tell: Callable[[Any], str], show: Callable[[Any], str]) -> None:
    """Say who tells a :class:`Told` in a few lines, and who in HTML."""
    global _tell, _show
    _tell, _show = tell, show
