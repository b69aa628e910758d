"""Credit: banks lend to firms that they would have refused, more, sooner or cheaper."""

from datetime import date
from typing import Annotated

from pydantic import Field

from sim.institutions.rules import Rules
from sim.measure import Dated, Factor, Rate, Share, Strict

Score = Annotated[float, Field(ge=-5, le=5)]


class Values(Strict):
    """What a credit measure may say; every field absent changes nothing."""

    approval: Dated[Score] | None = Field(None, description="added to the score of an applicant who is eligible")
    collateral_waiver: Dated[Share] | None = Field(None, description="share of the missing-collateral malus taken away")
    rate_cut: Dated[Rate] | None = Field(None, description="percentage points off the rate of new loans, as a share")
    supply: Dated[Factor] | None = Field(None, description="factor on what banks may newly lend in a month")
    growth_incentive: Dated[Share] | None = Field(
        None, description="share of the growth of loans that the central bank pays to local banks"
    )
    incentive_response: Factor = Field(
        0.0, description="relative rise of `supply` for each 0.01 of `growth_incentive` above its first value"
    )
    screening_error: Dated[Factor] | None = Field(None, description="factor on the noise of the bank's judgement")
    processing: Dated[Factor] | None = Field(None, description="factor on the bank's working days before a decision")
    receivables_advance: Dated[Share] | None = Field(
        None, description="share of the firm's receivables from public bodies and large firms that can be borrowed on"
    )


def prepare(values: Values, m: int, rules: Rules) -> None:
    """Let the banks ask whether an applicant is one of the measure's."""
    rules.lends[m] = True


def act(values: Values, m: int, on: date, rules: Rules) -> None:
    """Bring the values of a day into force."""

    def today(value: Dated[float] | None, otherwise: float) -> float:
        found = None if value is None else value.on(on)
        return otherwise if found is None else found

    terms = rules.terms
    terms.approval[m] = today(values.approval, 0.0)
    terms.collateral_waiver[m] = today(values.collateral_waiver, 0.0)
    terms.rate_cut[m] = today(values.rate_cut, 0.0)
    terms.advance[m] = today(values.receivables_advance, 0.0)
    rules.supply[m] = today(values.supply, 1.0)
    if values.growth_incentive is not None:
        before = next(iter(values.growth_incentive.table.values()))
        points = (today(values.growth_incentive, before) - before) * 100
        rules.supply[m] *= 1.0 + values.incentive_response * points
    terms.screening_error[m] = today(values.screening_error, 1.0)
    terms.loan_processing[m] = today(values.processing, 1.0)
