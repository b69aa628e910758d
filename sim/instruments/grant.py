"""Grant: money given for what the firm is or does (awards, subsidies for hires, for staff kept, for rent)."""

from typing import Literal

from pydantic import Field

from sim.measure import Dated, Strict, Yuan


class Values(Strict):
    """What a grant may say. The amount is `amount_yuan` times the base named by `per`."""

    amount_yuan: Dated[Yuan] = Field(description="yuan for each unit of `per`")
    per: Literal["firm", "head", "hire", "sales", "rent", "utilities"] = Field(
        description="firm; head: a person on the staff; hire: a person taken on last month; sales, rent, utilities: "
        "each yuan of a usual month of it"
    )
    repeats: Literal["once", "monthly"] = "once"
    cap_yuan: Yuan | None = Field(None, description="at most so much a payment")
