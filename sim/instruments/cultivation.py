"""Cultivation: chosen firms grow, new firms enter, young firms last (SRDI tiers, platforms, chains)."""

from typing import Annotated

from pydantic import Field

from sim.measure import Dated, Factor, Strict


class Values(Strict):
    """What a cultivation measure may say."""

    quota: Annotated[int, Field(ge=0)] | None = Field(
        None, description="firms of the province that are chosen, best prospects first; None for all that qualify"
    )
    demand: Dated[Factor] | None = Field(None, description="factor on sales of the chosen firms")
    materials: Dated[Factor] | None = Field(None, description="factor on their materials cost")
    entry: Dated[Factor] | None = Field(None, description="factor on births in the eligible sectors and places")
    young_churn: Dated[Factor] | None = Field(None, description="factor on ordinary exits of firms under three years")
