"""Grant: money given for what the firm is or does (awards, subsidies for hires, for staff kept, for rent)."""

from datetime import date
from typing import ClassVar, Final, Literal

from pydantic import Field

from sim.firm.state import BASES, PAYMENT
from sim.institutions.rules import Rules
from sim.measure import Dated, InstrumentValues, Yuan
from sim.units import fen
from sim.vocabulary import OWNER_RUN, SIZES

MONEY: Final = ("sales", "rent", "utilities", "owner_living")  # bases that are sums of money themselves


class Values(InstrumentValues):
    """What a grant may say. The amount is `amount_yuan` times the base named by `per`."""

    reaches_firms: ClassVar[bool] = True
    gives: ClassVar[bool] = True
    pays_at_once: ClassVar[bool] = True

    amount_yuan: Dated[Yuan] = Field(
        description="yuan for each unit of `per`", json_schema_extra={"zh": "`per` 每一单位的金额（元）"}
    )
    per: Literal["firm", "head", "hire", "sales", "rent", "utilities", "owner_living"] = Field(
        description="firm; head: a person on the staff; hire: a person taken on last month; sales, rent, utilities: "
        "each yuan of a usual month of it; owner_living: each yuan of a month's living of the owner of an individual "
        "business or micro firm",
        json_schema_extra={
            "zh": "firm：每户；head：每名职工；hire：上月新招用的每一人；"
            "sales、rent、utilities：通常一个月销售额、房租、水电气费的每一元；"
            "owner_living：个体工商户、微型企业经营者一个月生活所需的每一元"
        },
    )
    repeats: Literal["once", "monthly"] = Field(
        "once",
        description="paid once, or every month while it lasts",
        json_schema_extra={"zh": "发放一次，或在有效期内按月发放"},
    )
    cap_yuan: Yuan | None = Field(
        None, description="at most so much a payment", json_schema_extra={"zh": "每次发放的上限"}
    )

    @property
    def worth_nothing_to(self) -> tuple[str, ...]:
        """Of a grant per owner's living, sizes of firms whose owners' living is not known."""
        return tuple(size for size in SIZES if size not in OWNER_RUN) if self.per == "owner_living" else ()


def prepare(values: Values, m: int, rules: Rules) -> None:
    """Enter what does not change by date."""
    rules.enter(
        m,
        kind=PAYMENT,
        base=BASES.index(values.per),
        monthly=values.repeats == "monthly",
        cap=None if values.cap_yuan is None else fen(values.cap_yuan),
    )


def act(values: Values, m: int, on: date, rules: Rules) -> None:
    """Bring the amount of a day into force: fen for each firm, person or hire, or a share of a money base."""
    amount = values.amount_yuan.on(on, 0.0)
    rules.enter(m, unit=amount if values.per in MONEY else fen(amount))
