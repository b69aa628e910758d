"""Credit: banks lend to firms that they would have refused, more, sooner or cheaper."""

from typing import Annotated

from pydantic import Field

from sim.measure import Dated, Factor, Rate, Share, Strict

Score = Annotated[float, Field(ge=-5, le=5)]


class Values(Strict):
    """What a credit measure may say; every field absent changes nothing."""

    approval: Dated[Score] | None = Field(None, description="added to the score of an applicant who is eligible")
    collateral_waiver: Dated[Share] | None = Field(None, description="share of the missing-collateral malus taken away")
    rate_cut: Dated[Rate] | None = Field(None, description="percentage points off the rate of new loans, as a share")
    supply: Dated[Factor] | None = Field(None, description="factor on what banks may newly lend in a month")
    screening_error: Dated[Factor] | None = Field(None, description="factor on the noise of the bank's judgement")
    processing: Dated[Factor] | None = Field(None, description="factor on the bank's working days before a decision")
    receivables_advance: Dated[Share] | None = Field(
        None, description="share of the firm's receivables from public bodies and large firms that can be borrowed on"
    )
