"""Credit: banks lend to firms that they would have refused, more, sooner or cheaper."""

from datetime import date
from typing import Annotated

from pydantic import Field

from sim.firm.state import CREDIT
from sim.institutions.rules import Rules
from sim.measure import Dated, Factor, InstrumentValues, Rate, Share

Score = Annotated[float, Field(ge=-5, le=5)]


class Values(InstrumentValues):
    """What a credit measure may say; every field absent changes nothing."""

    approval: Dated[Score] | None = Field(
        None,
        description="added to the score of an applicant who is eligible",
        json_schema_extra={"zh": "符合条件的申请人评分的加分"},
    )
    collateral_waiver: Dated[Share] | None = Field(
        None,
        description="share of the missing-collateral malus taken away",
        json_schema_extra={"zh": "无抵押物扣分减少的比例"},
    )
    rate_cut: Dated[Rate] | None = Field(
        None,
        description="percentage points off the rate of new loans, as a share",
        json_schema_extra={"zh": "新增贷款利率降低多少，以比例表示的百分点"},
    )
    supply: Dated[Factor] | None = Field(
        None,
        description="factor on what banks may newly lend in a month",
        json_schema_extra={"zh": "银行每月可新增投放的倍数"},
    )
    growth_incentive: Dated[Share] | None = Field(
        None,
        description="share of the growth of inclusive loans that the central bank pays to local banks",
        json_schema_extra={"zh": "人民银行按普惠小微贷款余额增量向地方法人银行提供激励资金的比例"},
    )
    screening_error: Dated[Factor] | None = Field(
        None, description="factor on the noise of the bank's judgement", json_schema_extra={"zh": "银行判断误差的倍数"}
    )
    processing: Dated[Factor] | None = Field(
        None,
        description="factor on the bank's working days before a decision",
        json_schema_extra={"zh": "银行办结所需工作日的倍数"},
    )
    confirmed_share: Dated[Share] | None = Field(
        None,
        description="share of firms whose debtors, public bodies and large firms, confirm what they owe",
        json_schema_extra={"zh": "机关事业单位和大企业对其应付账款予以确权的企业所占比例"},
    )


def prepare(values: Values, m: int, rules: Rules) -> None:
    """Let the banks ask whether an applicant is one of the measure's."""
    rules.enter(m, kind=CREDIT)


def act(values: Values, m: int, on: date, rules: Rules) -> None:
    """Bring the values of a day into force."""
    rules.enter_dated(
        m,
        on,
        approval=values.approval,
        collateral_waiver=values.collateral_waiver,
        rate_cut=values.rate_cut,
        confirmed=values.confirmed_share,
        screening_error=values.screening_error,
        loan_processing=values.processing,
        supply=values.supply,
        growth_incentive=values.growth_incentive,
    )
