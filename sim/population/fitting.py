"""The cells of the province fitted to the margins that are published, by iterative proportional fitting.

A *place* is a prefecture, or a county of which a figure of its own is published; the prefecture then is the rest. The
sectors and sizes of the province are those of the parameters, the totals of the places those of the counties
(:mod:`sim.population.counties`). The seed is their product: where nothing else is published, a place has the province's
mean structure. To that the local figures are fitted, so nothing is assumed beyond them: of all tables that meet all
margins, the result is the one nearest to the seed (in the sense of Kullback and Leibler).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.parameters import Parameters
from sim.population.counties import Counties
from sim.population.margins import Margin, Part, margins
from sim.refusal import Refusal
from sim.vocabulary import SECTORS, SIZES

NEAR: Final = 1e-10  # error of every margin, relative of a local one, at which the fitting has arrived
MOST_ROUNDS: Final = 2_000
BASES: Final = (
    "sector",
    "kind",
    "total",
    "none",
)  # what is published of a cell: its sector or its kind in its place, ...

_INDIVIDUAL: Final = SIZES.index("individual")


class Places(NamedTuple):
    """Prefectures without the counties that are places of their own, then these counties."""

    of_county: NDArray[np.int64]  # index of each county's place
    code: NDArray[np.int64]  # national code of each place
    prefecture: NDArray[np.int64]  # index of each place's prefecture
    share: NDArray[np.float64]  # of the province's entities, adds up to 1


class Fitted(NamedTuple):
    """Where the entities of each sector and size are, shape (sectors, sizes, places); each adds up to 1."""

    places: Places
    where: NDArray[np.float64]
    where_born: NDArray[np.float64]  # the same of new firms: a size is where all enterprises of its sector are
    basis: NDArray[np.int8]  # index into BASES


@lru_cache(maxsize=8)
def places_of(counties: Counties) -> Places:
    """The places of the present folder of calibration, and the share of the province's entities in each."""
    own = sorted(
        {
            margin.part.place
            for margin in _fitted_margins()
            if not margin.is_total and margin.part.place in counties.code
        }
    )
    of_county = counties.prefecture.astype(np.int64)
    for index, code in enumerate(own):
        of_county[counties.code.index(code)] = counties.prefecture_count + index
    prefecture = [*range(counties.prefecture_count), *(counties.prefecture[counties.code.index(code)] for code in own)]
    share = np.bincount(of_county, counties.weight, counties.prefecture_count + len(own)).astype(np.float64)
    codes = np.array([int(code) for code in (*counties.prefecture_code, *own)], np.int64)
    return Places(of_county, codes, np.array(prefecture, np.int64), share)


@lru_cache(maxsize=4)
def fitted(parameters: Parameters, counties: Counties) -> Fitted:
    """The cells fitted to the margins. Raises :class:`Refusal` where margins cannot be met together."""
    places = places_of(counties)
    province = province_shares(parameters)
    table = province[:, :, None] * places.share
    basis = np.full(table.shape, BASES.index("none"), np.int8)
    local = [margin for margin in _fitted_margins() if not margin.is_total]
    for margin in _fitted_margins():
        known, of = "sector", margin.part
        if margin.whole is not None and margin.whole.sectors == margin.part.sectors:
            known, of = ("total", margin.part) if margin.is_total else ("kind", margin.whole)
        inside = _mask(places, counties, of)
        basis[inside] = np.minimum(basis[inside], BASES.index(known))
    if not local:  # every sector and size is where the places are, to the last bit
        everywhere = np.broadcast_to(places.share, table.shape)
        return Fitted(places, everywhere, everywhere, basis)
    _fit(table, province, places, counties, local)
    enterprises = table[:, _INDIVIDUAL + 1 :].sum(axis=1, keepdims=True)
    kinds = np.concatenate([table[:, : _INDIVIDUAL + 1], np.repeat(enterprises, len(SIZES) - 1, axis=1)], axis=1)
    return Fitted(places, _where(table, places), _where(kinds, places), basis)


def province_shares(parameters: Parameters) -> NDArray[np.float64]:
    """Share of each sector and size in the province's entities, shape (sectors, sizes), from the parameters."""
    individual = parameters.by_sector("population.sector_share.individual")
    enterprise = parameters.by_sector("population.sector_share.enterprise")
    by_size = parameters.table("population.size_share")
    share = np.zeros((len(SECTORS), len(SIZES)))
    share[:, _INDIVIDUAL] = individual / individual.sum() * (1 - parameters["population.enterprise_share"])
    for index, sector in enumerate(SECTORS):
        sizes = by_size.get(sector, by_size["default"])
        classes = np.array([sizes[size] for size in SIZES[1:]])
        share[index, 1:] = (
            classes / classes.sum() * enterprise[index] / enterprise.sum() * parameters["population.enterprise_share"]
        )
    return share


def _fit(
    table: NDArray[np.float64],
    province: NDArray[np.float64],
    places: Places,
    counties: Counties,
    local: list[Margin],
) -> None:
    """Scale the table, in place, until it meets the province, the places and the local margins."""
    flat = table.reshape(-1)
    shares: list[tuple[NDArray[np.int64], NDArray[np.int64], float]] = []
    for margin in local:
        assert margin.whole is not None
        part, whole = _mask(places, counties, margin.part), _mask(places, counties, margin.whole)
        shares.append((np.flatnonzero(part & whole), np.flatnonzero(whole & ~part), margin.published))
    worst = np.inf
    for _ in range(MOST_ROUNDS):
        errors = [0.0] * len(shares)
        for number, (inner, outer, share) in enumerate(shares):
            inside, outside = flat[inner].sum(), flat[outer].sum()
            wanted = share * (inside + outside)
            errors[number] = abs(inside - wanted) / wanted if wanted else inside
            flat[inner] *= wanted / inside if inside else 1.0
            flat[outer] *= (inside + outside - wanted) / outside if outside else 1.0
        by_place = table.sum(axis=(0, 1))
        table *= _ratio(places.share, by_place)
        by_cell = table.sum(axis=2)
        table *= _ratio(province, by_cell)[:, :, None]
        worst = max(max(errors), np.abs(by_place - places.share).max(), np.abs(by_cell - province).max())
        if worst < NEAR:
            return
    margin = local[int(np.argmax(errors))]
    told = margin.evidence or f"{margin.part.place} {margin.value:g}"
    raise Refusal(
        zh=f"总体的边际相互矛盾：{told} 与其他边际无法同时满足（相对误差 {worst:.1e}）",
        en=f"the margins of the population contradict each other: {told} cannot be met "
        f"together with the others (relative error {worst:.1e})",
    )


def _ratio(wanted: NDArray[np.float64], present: NDArray[np.float64]) -> NDArray[np.float64]:
    """What to scale by; 1 where there is nothing to scale."""
    return np.divide(wanted, present, out=np.ones_like(present), where=present > 0)


def _where(table: NDArray[np.float64], places: Places) -> NDArray[np.float64]:
    """A table of entities as the shares of the places in each sector and size; as the places are, where nobody is."""
    total = table.sum(axis=2, keepdims=True)
    return np.where(total > 0, table / np.where(total > 0, total, 1.0), places.share)


def _fitted_margins() -> list[Margin]:
    return [margin for margin in margins() if margin.used == "fitted"]


def _inside(places: Places, counties: Counties, part: Part) -> NDArray[np.bool_]:
    """Which places are in a part of the population."""
    if not part.place:
        return np.ones(len(places.code), np.bool_)
    of_prefecture = np.array([counties.prefecture_code[index] == part.place for index in places.prefecture])
    return np.array(of_prefecture | (places.code == int(part.place)), np.bool_)


def _mask(places: Places, counties: Counties, part: Part) -> NDArray[np.bool_]:
    """Which cells are in a part of the population, shape (sectors, sizes, places)."""
    mask = np.zeros((len(SECTORS), len(SIZES), len(places.code)), np.bool_)
    sectors, sizes = np.isin(np.arange(len(SECTORS)), part.sectors), np.isin(np.arange(len(SIZES)), part.sizes)
    mask[np.ix_(sectors, sizes, _inside(places, counties, part))] = True
    return mask
