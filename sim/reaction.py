"""What a reaction says: what the monitor is to count, from which value on, and what begins, ends or changes by it.

A reaction is one entry under ``reactions:`` of a scenario file. What the monitor can count for it is one table,
:data:`WATCHES`; who counts, and when a reaction acts, stands in ``sim/institutions/reactions.py``.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, NamedTuple

from pydantic import Field, model_validator

from sim.measure import Name, Strict, Title, Words
from sim.refusal import Refusal

Place = Literal["province", "prefecture"]
PROVINCE: Final = "province"


class Watch(NamedTuple):
    """Something that the monitor counts for reactions, of all sizes and sectors together, in weighted entities."""

    unit: str
    is_monthly: bool  # counted on the last day of a month only, else every evening
    meaning: Words


WATCHES: Final[dict[str, Watch]] = {
    "listed_counties": Watch(
        "counties",
        False,
        Words(zh="当日有中高风险区的县（市、区）数", en="counties with listed risk areas on the day"),
    ),
    "stopped_share": Watch(
        "share",
        False,
        Words(zh="存活企业中因疫情停业的比重", en="living firms that are stopped by the epidemic, of all living firms"),
    ),
    "loss_share": Watch(
        "share",
        True,
        Words(zh="存活企业中本年累计亏损的比重", en="living firms at a loss in the year so far, of all living firms"),
    ),
    "exit_share": Watch(
        "share",
        True,
        Words(
            zh="当月退出的企业占月末存活企业与当月退出企业之和的比重",
            en="firms that left in the month, of these and the living firms",
        ),
    ),
    "fund_left": Watch(
        "share",
        False,
        Words(zh="资金余额占已拨入总额的比重", en="what a fund still holds, of all that was put into it so far"),
    ),
}  # fmt: skip


class Payment(Strict):
    """Money that a reaction puts into a fund each time that it begins to act."""

    fund: str = Field(description="fund of `scenarios/funds.yaml` or of the scenario")
    yuan: Annotated[float, Field(gt=0, le=1e13)] = Field(
        description="of one time; of the prefecture's own treasury, or divided among all if the place is the province"
    )


class Reaction(Strict):
    """A condition on what the monitor counts, and what happens while, or after, it holds."""

    id: Name
    title: Title
    watch: Literal[tuple(WATCHES)] = Field(description="what the monitor counts")  # type: ignore[valid-type]
    fund: str | None = Field(None, description="of `fund_left`: the fund that is watched")
    place: Place = Field(
        "province", description="where it is counted and acts: in the province as a whole, or in each prefecture"
    )
    above: Annotated[float, Field(ge=0, le=1_000_000)] | None = Field(None, description="holds above this value")
    below: Annotated[float, Field(ge=0, le=1_000_000)] | None = Field(
        None, description="holds below this value; one of the two is given"
    )
    delay_days: Annotated[int, Field(ge=1, le=365)] = Field(
        1, description="days from the evening on which it is seen to the morning on which it acts, or acts no longer"
    )
    lasts: Literal["while", "once"] | Annotated[int, Field(ge=1, le=3650)] = Field(
        "while",
        description="while: as long as the condition holds; once: from the first time on, for good; a number: so many "
        "days longer than it holds",
    )
    begin: tuple[str, ...] = Field((), description="measures, actions or sections in force only while it acts")
    end: tuple[str, ...] = Field((), description="measures, actions or sections not in force while it acts")
    set: dict[str, int | float] = Field(
        {}, description="values of measures while it acts, by lever, such as `rent_waiver.months: 6`"
    )
    pay: Payment | None = Field(None, description="money into a fund each time that it begins to act")

    @model_validator(mode="after")
    def _makes_sense(self) -> Reaction:
        if (self.above is None) == (self.below is None):
            raise Refusal(
                zh="above 与 below 应恰好写一项",
                en="a reaction has exactly one of above and below",
                at=("below" if self.above is not None else "above",),
            )
        watch, bound = WATCHES[self.watch], "above" if self.above is not None else "below"
        if watch.unit == "share" and self.bound > 1:
            raise Refusal(
                zh=f"{self.watch} 是份额，阈值应在 0 至 1 之间",
                en=f"{self.watch} is a share: the value is between 0 and 1",
                at=(bound,),
            )
        if (self.fund is not None) != (self.watch == "fund_left"):
            raise Refusal(
                zh="fund 写明 fund_left 所看的资金，仅用于 fund_left",
                en="fund names the fund that fund_left watches, and is for fund_left only",
                at=("fund",),
            )
        if not (self.begin or self.end or self.set or self.pay):
            raise Refusal(
                zh="应至少写 begin、end、set、pay 之一",
                en="a reaction does at least one of begin, end, set and pay",
                at=("id",),
            )
        if self.set and self.place != PROVINCE:
            raise Refusal(
                zh="set 改变的政策参数全省一致，place 应为 province",
                en="values that set changes are the same everywhere, so the place is province",
                at=("set",),
            )
        return self

    @property
    def bound(self) -> float:
        """The value above or below which its condition holds."""
        given = self.above if self.above is not None else self.below
        assert given is not None  # one of the two is given
        return given

    @property
    def days_after(self) -> int | None:
        """Days for which it acts longer than its condition holds, None for good."""
        return {"while": 0, "once": None}[self.lasts] if isinstance(self.lasts, str) else self.lasts
