"""Collection: public bodies and large firms pay what they owe to smaller firms, and owe less anew."""

from datetime import date

from pydantic import Field

from sim.measure import Dated, Factor, Share, Strict, Yuan


class Values(Strict):
    """What a collection measure may say."""

    clearance_per_month: Dated[Share] | None = Field(None, description="share of undisputed arrears paid each month")
    ceiling_yuan: Yuan | None = Field(None, description="only arrears to a firm below this sum; None for all")
    cleared_by: date | None = Field(None, description="everything within `ceiling_yuan` is paid by this day")
    new_arrears: Dated[Factor] | None = Field(None, description="factor on bills that become overdue")
