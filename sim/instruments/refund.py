"""Refund: money that the firm paid before comes back (premiums, input VAT credits, deposits)."""

from typing import Literal

from pydantic import Field

from sim.measure import Dated, Share, Strict


class Values(Strict):
    """What a refund may say."""

    base: Literal["unemployment_premiums_last_year", "vat_credit_stock", "vat_credit_increment", "quality_deposit"]
    share: Dated[Share] = Field(description="share of the base that is paid back")
    repeats: Literal["once", "monthly"] = Field("once", description="paid once, or every month while it lasts")
