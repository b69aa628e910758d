"""What a scenario may state about its own world: the horizon, the outbreak, demand and logistics.

Everything left out is the real world: the counties listed on the very days, demand as published.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from sim.classification import province
from sim.measure import Dated, Factor, Share, Size, Strict
from sim.names import meant
from sim.refusal import Refusal, UnknownName
from sim.vocabulary import SECTOR_GROUPS, SECTORS, SIZES
from sim.world.areas import code_of
from sim.world.risk_listings import RECORD

LONGEST_YEARS = 10


def _sector(name: object) -> object:
    known = (*SECTORS, *SECTOR_GROUPS)
    found = name if name in known else meant(name, "sector", "sector_group")
    if found in known:
        return found
    raise UnknownName("sector", str(name), known)


def _county(name: object) -> str:
    return code_of(str(name), "county")


def _prefecture(name: object) -> str:
    return code_of(str(name), "prefecture")


def _province(name: object) -> object:
    known = (province().en, province().zh, province().code)
    if name in known:
        return name
    raise UnknownName("province", str(name), known)


SectorName = Annotated[str, BeforeValidator(_sector)]
CountyCode = Annotated[str, BeforeValidator(_county)]
PrefectureCode = Annotated[str, BeforeValidator(_prefecture)]
ProvinceName = Annotated[str, BeforeValidator(_province)]
MONTH: Final = r"^\d{4}-(0[1-9]|1[0-2])$"
Month = Annotated[str, Field(pattern=MONTH)]
Places = Annotated[int, Field(ge=0, le=10_000)]


class Listing(Strict):
    """Days on which a county, every county of a prefecture or the whole province has risk areas."""

    model_config = ConfigDict(extra="forbid", frozen=True, serialize_by_alias=True)

    county: CountyCode | None = Field(None, description="name in Chinese or English, or code such as '530102'")
    prefecture: PrefectureCode | None = Field(None, description="name in Chinese or English, or code such as '5301'")
    province: ProvinceName | None = Field(None, description="name in Chinese or English, or code such as '53'")
    first: date = Field(alias="from", description="first day listed")
    last: date = Field(alias="to", description="last day listed")
    high_places: Places = Field(0, description="high-risk areas in each county")
    medium_places: Places = Field(0, description="medium-risk areas in each county")

    @property
    def area(self) -> str:
        """Code that begins the code of every county listed."""
        return self.county or self.prefecture or province().code

    @model_validator(mode="after")
    def _complete(self) -> Listing:
        if sum(area is not None for area in (self.county, self.prefecture, self.province)) != 1:
            raise Refusal(
                zh="每条列入记录应恰好写明 county、prefecture、province 之一",
                en="a listing names exactly one of county, prefecture or province",
            )
        if self.last < self.first:
            raise Refusal(
                zh=f"结束日 {self.last} 早于开始日 {self.first}",
                en=f"a listing ends on {self.last}, before it begins on {self.first}",
                at=("to",),
            )
        if not self.high_places + self.medium_places:
            raise Refusal(
                zh="每条列入记录至少有一个高风险区或中风险区（high_places、medium_places）",
                en="a listing has at least one high or medium place (high_places, medium_places)",
            )
        return self


class Stop(Strict):
    """Firms that may not work by order, whatever is listed: in a place, of sectors and sizes, so many from a day on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    county: CountyCode | None = Field(None, description="name in Chinese or English, or code such as '530102'")
    prefecture: PrefectureCode | None = Field(None, description="name in Chinese or English, or code such as '5301'")
    sectors: tuple[SectorName, ...] = Field((), description="sectors or groups of sectors; all where none is named")
    sizes: tuple[Size, ...] = Field((), description="sizes; all where none is named")
    closed: Dated[Share] = Field(description="share of these firms that may not work, by the day from which it holds")

    @model_validator(mode="after")
    def _is_in_one_place(self) -> Stop:
        if self.county and self.prefecture:
            raise Refusal(
                zh="停业令至多写明 county、prefecture 之一；都不写即全省",
                en="a stop names one of county and prefecture, or neither for the whole province",
            )
        return self

    @property
    def area(self) -> str:
        """Code that begins the code of every county that it holds in."""
        return self.county or self.prefecture or province().code

    def every_sector(self) -> tuple[str, ...]:
        """The sectors that it holds for, names of groups spelled out."""
        named = [one for name in self.sectors for one in SECTOR_GROUPS.get(name, (name,))]
        return tuple(named) or SECTORS

    def every_size(self) -> tuple[str, ...]:
        """The sizes that it holds for."""
        return self.sizes or SIZES


class WorldSpec(Strict):
    """What happens in a scenario; the default is what did happen."""

    start: date = RECORD.start
    end: date = RECORD.end
    outbreak: Literal["real", "none"] = Field("real", description="none: no county is listed but by `listings`")
    outbreak_factor: Factor = Field(1.0, description="factor on the number of places listed in the real outbreak")
    listings: tuple[Listing, ...] = Field(
        (), description="own episodes; with `outbreak: none` in place of the real ones"
    )
    stops: tuple[Stop, ...] = Field(
        (), description="firms that may not work by order; of several that name a firm the last one holds"
    )
    staff_from_elsewhere: dict[SectorName, Share] = Field(
        {}, description="share of the staff of a sector or sector group who come from elsewhere; 0 where none is named"
    )
    staff_away: dict[date, Share] = Field(
        {},
        description="share of them that is away on a day; in a straight line between two days, none before the first",
    )
    demand_index: Literal["published", "usual"] = Field(
        "published", description="usual: without an outbreak every month sells as the mean month of 2021"
    )
    demand: dict[SectorName, dict[Month, Factor] | Dated[Factor]] = Field(
        {}, description="factor on the demand of a sector or sector group, by month or from a date on"
    )
    logistics_factor: Factor = Field(1.0, description="factor on the friction of national listings")
    wave_factor: Factor = Field(1.0, description="factor on the depth of the wave of the turn of the year")

    @model_validator(mode="after")
    def _dates_fit(self) -> WorldSpec:
        # Without published demand nothing of the record is needed, so that a world may begin before it.
        if self.start < RECORD.start and self.demand_index == "published":
            raise Refusal(
                zh=f"start 为 {self.start}；资料自 {RECORD.start} 起，更早的须写 demand_index: usual",
                en=f"start is {self.start}; the record begins on {RECORD.start}, before it write demand_index: usual",
                at=("start",),
            )
        if self.end < self.start:
            raise Refusal(
                zh=f"end 为 {self.end}，早于开始日 {self.start}",
                en=f"end is {self.end}, before the start on {self.start}",
                at=("end",),
            )
        if (self.end - self.start).days + 1 > LONGEST_YEARS * 366:
            raise Refusal(
                zh=f"模拟期至多 {LONGEST_YEARS} 年；{self.start} 至 {self.end} 过长",
                en=f"a horizon has at most {LONGEST_YEARS} years; {self.start} to {self.end} is longer",
                at=("end",),
            )
        for place, listing in enumerate(self.listings):
            if listing.first < self.start or listing.last > self.end:
                raise Refusal(
                    zh=f"{listing.first} 至 {listing.last} 的列入记录超出模拟期 {self.start} 至 {self.end}",
                    en=f"a listing from {listing.first} to {listing.last} lies outside the horizon "
                    f"{self.start} to {self.end}",
                    at=("listings", place),
                )
        for place, stop in enumerate(self.stops):
            for day in stop.closed.changes():
                if not self.start <= day <= self.end:
                    raise Refusal(
                        zh=f"{day} 的停业令超出模拟期 {self.start} 至 {self.end}",
                        en=f"a stop from {day} on lies outside the horizon {self.start} to {self.end}",
                        at=("stops", place, "closed"),
                    )
        self._staff_fit()
        for name, stated in self.demand.items():
            months = stated if isinstance(stated, dict) else [day.strftime("%Y-%m") for day in stated.changes()]
            for month in months:
                if not f"{self.start:%Y-%m}" <= month <= f"{self.end:%Y-%m}":
                    raise Refusal(
                        zh=f"{name} 在 {month} 的需求超出模拟期 {self.start} 至 {self.end}",
                        en=f"demand of {name} in {month} lies outside the horizon {self.start} to {self.end}",
                        at=("demand", name),
                    )
        return self

    def _staff_fit(self) -> None:
        """What is said of staff who are away holds within the horizon, of staff, and once of each sector."""
        for day in self.staff_away:
            if not self.start <= day <= self.end:
                raise Refusal(
                    zh=f"{day} 的员工未返岗比重超出模拟期 {self.start} 至 {self.end}",
                    en=f"the share of staff away on {day} lies outside the horizon {self.start} to {self.end}",
                    at=("staff_away",),
                )
        if self.staff_away and not self.staff_from_elsewhere:
            raise Refusal(
                zh="写了 staff_away，须同时写明 staff_from_elsewhere（各行业外来员工的比重）",
                en="staff_away needs staff_from_elsewhere, the share of each sector's staff who come from elsewhere",
                at=("staff_away",),
            )
        named: set[str] = set()
        for name, (sectors, _) in zip(self.staff_from_elsewhere, self.outsiders_by_sector(), strict=True):
            for sector in sectors:
                if sector in named:
                    raise Refusal(
                        zh=f"{sector} 的外来员工比重写了两次，第二次在 {name}",
                        en=f"the share of {sector} is stated twice, the second time by {name}",
                        at=("staff_from_elsewhere", name),
                    )
                named.add(sector)

    def __hash__(self) -> int:
        return hash(self.model_dump_json())

    def outsiders_by_sector(self) -> Iterator[tuple[tuple[str, ...], float]]:
        """The shares of staff from elsewhere, with the names of groups spelled out as their sectors."""
        for name, share in self.staff_from_elsewhere.items():
            yield SECTOR_GROUPS.get(name, (name,)), share

    def demand_by_sector(self) -> Iterator[tuple[tuple[str, ...], dict[str, float] | Dated[float]]]:
        """The stated factors, with the names of groups spelled out as their sectors."""
        for name, stated in self.demand.items():
            yield SECTOR_GROUPS.get(name, (name,)), stated
