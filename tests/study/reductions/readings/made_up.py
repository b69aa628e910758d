"""Tables of runs that never were, small enough to reckon with by hand."""

from types import SimpleNamespace
from typing import Any

import pandas as pd

from sim.study.reductions.readings import READINGS
from sim.study.reductions.readings.registry import take as take_spec

START, LATER = "2022-01-01", "2022-12-31"
# firm, entities, size, sector, universe, age, status at the start and later, cause of leaving, months of cash, result.
FIRMS = [
    (
        1,
        100,
        "individual",
        "catering",
        "individual_businesses",
        0.5,
        "open",
        "exited",
        "insolvent_while_stopped",
        0.5,
        -200,
    ),
    (2, 200, "individual", "retail", "individual_businesses", 4.0, "open", "open", "", 1.0, 100),
    (3, 300, "micro", "catering", "other_enterprises", 6.0, "open", "suspended", "", 2.0, -100),
    (4, 400, "small", "manufacturing", "industry_above_scale", 9.0, "open", "exited", "retired", 4.0, 300),
    (5, 50, "micro", "retail", "other_enterprises", 0.0, "unborn", "open", "", 3.0, -100),
]
COLUMNS = [
    "firm", "entities", "size", "sector", "universe", "age_years", "at_start", "later", "exit_cause", "cash_months",
    "result_of_year_fen",
]  # fmt: skip


def snapshots() -> pd.DataFrame:
    """The five firms at the start, when the last was not born, and at the end of the year."""
    firms = pd.DataFrame(FIRMS, columns=COLUMNS)
    firms = firms.assign(
        prefecture="5301",
        founder=firms["firm"] < 5,
        landlord=["private", "state", "none", "none", "state"],
        customer=["households", "other_firms", "households", "public_bodies", "households"],
        usual_staff=[0, 1, 4, 10, 2],
        insured=[False, False, True, True, True],
        loan_fen=[0, 0, 1_000_00, 2_000_00, 0],
        usual_sales_fen=[1_000_00, 2_000_00, 3_000_00, 4_000_00, 5_000_00],
        cash_fen=[100_00, 200_00, 300_00, 400_00, 500_00],
        stopped=[True, False, True, True, False],
        result_with_owner_fen=[-300, -100, -100, 300, -100],
    )
    start = firms[firms["at_start"] != "unborn"]
    start = start.assign(date=pd.Timestamp(START), exited_on=pd.NaT, status="open", exit_cause="", stopped=False)
    left = pd.to_datetime(["2022-07-01", None, None, "2022-10-01", None])
    later = firms.assign(date=pd.Timestamp(LATER), exited_on=left, status=firms["later"])
    later["age_years"] += 1
    return pd.concat([start, later], ignore_index=True).drop(columns=["at_start", "later"])


def run(**tables: Any) -> Any:
    """What a run leaves, as far as a reading looks at it."""
    return SimpleNamespace(**tables)


def take(result: Any, name: str, /, **arguments: Any) -> float:
    """A reading of it, its arguments as a file says them."""
    reading = READINGS[name]
    return take_spec(result, reading.spec("target", reading.arguments.model_validate(arguments)))
