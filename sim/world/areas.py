"""National codes of counties and prefectures, by any name that a place may be called."""

from sim.population.counties import Kind, counties, index


def code_of(name: str, kind: Kind) -> str:
    """National code (four digits for a prefecture, six for a county) of a place by any of its names.

    Raises :class:`sim.refusal.UnknownName`.
    """
    table = counties()
    return (table.code if kind == "county" else table.prefecture_code)[index(name, kind)]
