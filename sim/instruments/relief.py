"""Relief: somebody else bears a share of a bill that falls due (rent waived, interest halved, tolls free)."""

from typing import Literal

from pydantic import Field

from sim.measure import Dated, Months, Rate, Share, Strict
from sim.vocabulary import FLOWS

Flow = Literal[FLOWS]  # type: ignore[valid-type]


class Values(Strict):
    """What a relief may say."""

    flows: tuple[Flow, ...] = Field(min_length=1)
    share: Dated[Share] = Field(description="share of the bill that the firm is relieved of")
    months: Dated[Months] | None = Field(None, description="number of monthly bills relieved; None while it lasts")
    tops_up: str | None = Field(None, description="measure whose months are counted in `months`")
    rate_cap: Rate | None = Field(None, description="interest above this rate is not subsidised")
