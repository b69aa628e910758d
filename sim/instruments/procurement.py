"""Procurement: smaller bidders win more of what public bodies buy."""

from pydantic import Field

from sim.measure import Dated, Share, Strict


class Values(Strict):
    """What a procurement measure may say; the highest value of all measures in force counts."""

    price_deduction: Dated[Share] | None = Field(
        None, description="taken off a small or micro firm's price when bids for goods and services are compared"
    )
    consortium_bonus: Dated[Share] | None = Field(
        None, description="taken off the price of a large bidder that shares the work with a small or micro firm"
    )
    reserved_works: Dated[Share] | None = Field(None, description="share of works value open to SMEs only")
    reserved_goods_services: Dated[Share] | None = Field(None, description="the same for goods and services")
