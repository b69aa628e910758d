"""Deferral: a bill may be paid later (premiums until a date, a maturing loan by some months)."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from sim.measure import Dated, Months, Share, Strict
from sim.vocabulary import FLOWS

Flow = Literal[FLOWS]  # type: ignore[valid-type]


class Values(Strict):
    """What a deferral may say."""

    flows: tuple[Flow, ...] = Field(min_length=1)
    share: Dated[Share] = Field(description="share of the bill that is put off")
    until: date = Field(description="last bill that may be put off")
    repay_from: date = Field(description="first day on which what was put off falls due")
    instalments: Annotated[int, Field(ge=1, le=60)] = Field(1, description="equal monthly parts from `repay_from` on")
    penalty: Share = Field(0.0, description="late fee on what was put off, share a year")
    loan_months: Dated[Months] | None = Field(None, description="`principal`: months by which a maturing loan is moved")
