"""The made-up tables of fates, costs, the repayment wall, targets and interaction that a comparison holds."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from sim.observe.months import HEADLINES, of_enterprises, rates_by_month
from sim.observe.some_firms import AT_TARGET
from sim.study.comparison import by_month, costs, interaction
from sim.study.comparison import chosen as titles
from sim.study.comparison import saved_or_postponed as lasting
from sim.study.comparison.clause_effects import AMONG_REACHED
from sim.study.comparison.journey import EXAMPLES
from sim.study.comparison.parameter_uncertainty import SPREAD
from sim.study.comparison.some_firms import CELL, CELLS
from sim.study.comparison.targets import COLUMNS, Target, pursued, verdict
from sim.study.outcomes import Pair
from sim.study.reductions.chosen import ANY
from sim.study.reductions.chosen import SUMS as OF_CHOSEN
from sim.study.reductions.fates import FATES, GIVERS
from sim.study.reductions.saved_or_postponed import CLOSED_ANYWAY, FOUNDERS, GROUPS, SUMS
from sim.vocabulary import COUNTED_BY, LEVELS, REQUESTS, SECTORS, SIZES, UNIVERSES

YI = 10**10
Wave = Callable[..., float]
Pairs = dict[Pair, float]  # points of survival that a scenario has more than the one it is compared with


def fates(pairs: Pairs, prefectures: list[str], wave: Wave, spread: bool) -> pd.DataFrame:
    rows = []
    for (scenario, against), points in pairs.items():
        groups = [("all", "all", 2_960_000.0)]
        groups += [("sector", sector, 400_000.0 - 20_000 * s) for s, sector in enumerate(SECTORS)]
        groups += [("size", size, 2_000_000.0 / 4**s) for s, size in enumerate(SIZES)]
        groups += [("prefecture", code, 500_000.0 - 25_000 * p) for p, code in enumerate(prefectures)]
        groups += [("action", giver, 300_000.0 - 20_000 * a) for a, giver in enumerate(GIVERS)]
        for by, group, firms in groups:
            saved = max(points * (1 + 0.6 * wave(group)), 0) / 100
            harmed = 0.0004 * points * (1 + wave(group, by)) if points else 0.0
            shares = (0.83 - harmed, saved, 0.17 - saved, harmed)
            for fate, share in zip(FATES, shares, strict=True):
                number, half = firms * share, 1500.0 if spread else np.nan
                given = {"lives_either_way": 80, "saved": 9, "lost_either_way": 11, "harmed": 0.2}[fate]
                rows.append(
                    (scenario, against, by, group, fate, number, number - half, number + half, number * 1.6,
                     number * 1.5, given * YI * points / 3 * firms / 2_960_000,
                     2.4 if fate == "lost_either_way" else np.nan)
                )  # fmt: skip
    columns = "scenario against by group fate entities low high staff staff_baseline given_fen months_gained"
    table = pd.DataFrame(rows, columns=columns.split())
    return table.assign(rows=table["entities"] / 150)


def saved_or_postponed(pairs: Pairs, replications: int) -> pd.DataFrame:
    """Firms kept at first, more under stronger plans; chance moves them a little. Nobody is kept who was not helped."""

    def sums(points: float, r: int) -> pd.DataFrame:
        firms = 10_000.0 * points * (1 + r / 100)
        kept = [firms, firms / 150, 0.8 * firms, 3 * YI, 0.5 * YI]
        kept += [0.7 * firms, 0.7 * firms / 150, 0.6 * firms - 10 * r, 0.2 * firms, 0.2 * firms / 150, 0.15 * firms]
        none, rest = [0.0] * len(SUMS), [0.0] * 6
        of = {
            "help_ends": kept,
            "help_stands": [number / 2 for number in kept],
            "no_help": none,
            CLOSED_ANYWAY: [200_000.0, 1_300.0, 0.0, 10 * YI, 200 * YI, *rest] if points else none,
            FOUNDERS: [2_960_000.0, 20_000.0, 2_500_000.0, 300 * YI * points, 200 * YI, *rest],
        }
        return pd.DataFrame([of[group] for group in GROUPS], columns=list(SUMS)).assign(group=GROUPS)

    return lasting.table((pair, [sums(points, r) for r in range(replications)]) for pair, points in pairs.items())


def chosen(pairs: Pairs, replications: int) -> pd.DataFrame:
    """A measure chose 1,000 firms, 40 rows: titles keep some of them; of another few rows tell nothing."""

    def sums(points: float, r: int) -> pd.DataFrame:
        firms = (
            ("srdi_growth_firms", True, 1_000.0, 930.0 + r, 900.0, 5_300.0, 5_000.0, 40.0),
            ("srdi_growth_firms", False, 1_010.0, 912.0, 911.0, 4_990.0, 5_000.0, 41.0),
            ("srdi_little_giants", True, 120.0, 119.0, 119.0, 700.0, 690.0, 4.0),
            ("srdi_little_giants", False, 130.0, 129.0, 129.0, 700.0, 700.0, 4.0),
            (ANY, True, 1_120.0, 1_049.0 + r, 1_019.0, 6_000.0, 5_690.0, 44.0),
            (ANY, False, 1_140.0, 1_041.0, 1_040.0, 5_690.0, 5_700.0, 45.0),
        )
        return pd.DataFrame(firms if points else [], columns=["measure", "chosen", *OF_CHOSEN])

    return titles.table((pair, [sums(points, r) for r in range(replications)]) for pair, points in pairs.items())


def uncertainty(pairs: Pairs, draws: int) -> pd.DataFrame:
    """The last scenario, and every effect, over draws: twice as uncertain as chance alone makes it."""
    rows = [
        (one, of, outcome, 0.008 * points, 0.01 * points, 0.013 * points, "share", draws, 0.002, 0.001, 0.8)
        for (one, other), points in reversed(pairs.items())
        for of in ("", other)
        for outcome in HEADLINES
    ]
    return pd.DataFrame(rows, columns=list(SPREAD))


def rates(panel: pd.DataFrame) -> pd.DataFrame:
    """The rates of enterprises by firms, of one replication: the months that there are."""
    found = rates_by_month(of_enterprises(panel))
    return found.assign(replication=0, universe="enterprises", by="firms")


def cells(panel: pd.DataFrame, replications: int) -> pd.DataFrame:
    """Founders of each cell, and those alive at the end; chance moves what a scenario keeps a little.

    Counts of December 2022 are those of the panel, alike in every replication; so are arrears, by founders.
    """
    end = panel[panel["month"] == panel["month"].max()].set_index(["scenario", *CELL]).sort_index()
    kept = end["founders_alive"] - end.loc["baseline", "founders_alive"].reindex(end.index.droplevel(0)).to_numpy()
    then = panel[panel["month"] == "2022-12"].set_index(["scenario", *CELL]).reindex(end.index)
    table = end[["founders", "founders_alive"]].assign(month="2022-12", rows=end["founders"] / 150)
    table = table.assign(staff=2 * end["founders_alive"], small_arrears_fen=100_000 * end["founders"])
    table = table.join(then[[name for name in AT_TARGET if name in then]])
    table = table.assign(founders_alive_in_month=then["founders_alive"])
    parts = [
        table.assign(founders_alive=table["founders_alive"] + kept * r / 100, replication=r).reset_index()
        for r in range(replications)
    ]
    return pd.concat(parts, ignore_index=True).reindex(columns=list(CELLS))


def money(pairs: Pairs, spread: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Costs, and costs of one firm and one job."""
    of = {
        ("prefectures", "outlay"): 18.0, ("social_insurance", "outlay"): 12.0, ("tax_authority", "forgone"): 30.0,
        ("tax_authority", "returned"): 58.0, ("social_insurance", "put_off"): 22.0, ("banks", "put_off"): 90.0,
        ("social_insurance", "lost_on_put_off"): 0.8, ("state_landlords", "borne_by_others"): 31.0,
        ("platforms", "borne_by_others"): 0.9, ("banks", "write_offs"): -21.0, ("suppliers", "write_offs"): -11.0,
        ("large_bidders", "contracts_lost"): 6.0,
    }  # fmt: skip
    rows, per = [], []
    for pair, points in pairs.items():
        if not points:
            continue
        half = 0.1 if spread else np.nan
        for (bearer, category), yi in of.items():
            mean = yi * YI * points / 3
            rows.append((*pair, bearer, LEVELS[bearer], category, mean, mean * (1 - half), mean * (1 + half)))
        for cost, yi in (("public", 40.0), ("all", 61.0)):
            mean = yi * YI * points / 3
            per.append((*pair, "total", cost, mean, mean * (1 - half), mean * (1 + half)))
        for unit, fen in (("firm_kept", 6_200_000.0), ("job_kept", 3_100_000.0)):
            for cost, factor in (("public", 1.0), ("all", 1.7)):
                high = np.inf if points < 0.2 else fen * factor * 1.6
                interval = (fen * factor * 0.7, high) if spread else (np.nan, np.nan)
                per.append((*pair, unit, cost, fen * factor, *interval))
    return pd.DataFrame(rows, columns=list(costs.COLUMNS)), pd.DataFrame(per, columns=list(costs.UNIT_COLUMNS))


def repayment_wall(measures_of: dict[str, list[str]], months: list[str], put_off_by: list[str]) -> pd.DataFrame:
    rows = []
    for scenario, measures in measures_of.items():
        for measure in measures:
            if measure not in put_off_by:
                continue
            bills = measure != "loan_extension"
            for m, month in enumerate(months):
                off = 3.0 * YI if 5 <= m < 12 else 0.0
                due = 6.0 * YI if m in (12, 13, 17) else 0.4 * YI if m > 13 else 0.0
                parts = (0.8 * due, 0.15 * due, 0.05 * due) if bills else (0.0, 0.0, 0.0)
                firms = (due / YI * 4000, due / YI * 700, due / YI * 90) if bills else (0.0, 0.0, 0.0)
                rows.append((scenario, month, measure, off, due, *parts, *firms))
    columns = "scenario month measure put_off_fen due_fen repaid_fen unpaid_fen written_off_fen firms_due firms_short "
    return pd.DataFrame(rows, columns=[*columns.split(), "firms_closed"])


CLAUSE_EFFECTS = {  # points of survival alone and in the plan, half-width of their intervals; no half-width: it failed
    "0": (0.0, 0.3, 0.2),
    "I.1.c": (0.4, 0.2, 0.1),
    "II.1.a": (0.7, 0.9, 0.1),
    "II.2.b": (0.05, -0.02, 0.4),
    "III.1": (0.0, 0.0, 0.0),
    "III.2": (0.0, 0.0, None),
}


def clause_effects(spread: bool) -> pd.DataFrame:
    """Of six clauses the headlines, the firms kept, the public cost and those reached, as ``effects`` does."""
    size = {
        "survival_rate": 0.01,
        "resumption_rate": 0.01,
        "loss_share": -0.02,
        "survivors": 3e4,
        "public_cost": 9 * YI,
        "reached_survival": 0.03,
        "reached_staff": 0.02,
    }
    units = {"survivors": "entities", "public_cost": "fen", "reached_staff": "relative"}
    rows = []
    for clause, (alone, in_plan, half) in CLAUSE_EFFECTS.items():
        for quantity, points in (("alone", alone), ("in_plan", in_plan)):
            for outcome, scale in size.items():
                mean, wide = points * scale, (half or 0.0) * abs(scale) if points else 0.0
                ends = (mean - wide, mean + wide) if spread else (np.nan, np.nan)
                if half is None:
                    mean, ends = np.nan, (np.nan, np.nan)
                rows.append(
                    (clause, quantity, outcome, mean, *ends, units.get(outcome, "share"), 2 if half is not None else 0,
                     40.0 if outcome in AMONG_REACHED else np.nan,
                     "the ledger does not balance" if half is None else "")
                )  # fmt: skip
    columns = "clause quantity outcome mean low high unit replications rows reason"
    return pd.DataFrame(rows, columns=columns.split())


def exits(strength: dict[str, float], months: list[str], later: list[str]) -> pd.DataFrame:
    """In the months ``later`` nothing falls due any more, and firms of the headline's scenario still close."""
    rows = [
        (scenario, month, sector, size, 200.0, 90.0, 40.0 * points + m * points, 9.0 * points * (m > 11), 2.0 * points)
        for scenario, points in strength.items()
        for m, month in enumerate([*months, *(later if scenario in ("baseline", "full_plan") else ())])
        for sector in SECTORS
        for size in SIZES[:2]
    ]
    columns = "scenario month sector size exits exits_insolvent exits_put_off exits_missed exits_harmed"
    return pd.DataFrame(rows, columns=columns.split())


def requests(strength: dict[str, float], months: list[str]) -> pd.DataFrame:
    rows = []
    for scenario in strength:
        for k, kind in enumerate(REQUESTS):
            for m, month in enumerate(months):
                rows.append((scenario, month, kind, "applied", 900.0 + k, np.nan))
                rows.append((scenario, month, kind, "queued", 300.0 + 10 * m, 9.0))
                rows.append((scenario, month, kind, "decided", 700.0, 12.0 + 4 * k + m % 5))
                rows.append((scenario, month, kind, "refused", 120.0, 20.0))
    return pd.DataFrame(rows, columns=["scenario", "month", "kind", "station", "firms", "days"])


def restarts(strength: dict[str, float]) -> pd.DataFrame:
    """Firms freed after a closure of a week, a fortnight, a month or longer; sooner back under stronger plans."""
    rows = []
    for scenario, points in strength.items():
        for closure, freed in (("7", 40_000.0), ("14", 30_000.0), ("30", 20_000.0), ("longer", 10_000.0)):
            rows.append((scenario, closure, freed, *(freed * (share + points / 100) for share in (0.6, 0.7, 0.8, 0.9))))
    columns = "scenario closure freed within_7_days within_14_days within_30_days within_60_days"
    return pd.DataFrame(rows, columns=columns.split())


OVER_RANGES = {"resumption_rate": 0.53, "loss_share": 0.9}  # shares of the draws that meet a target under the plan


def targets(outcomes: pd.DataFrame, draws: int, measures_of: dict[str, list[str]]) -> pd.DataFrame:
    """The plan's targets; what the made-up outcomes lack is made up here."""
    asked = (
        ("resumption_rate", "I.9.d", "at_least", 0.95), ("loss_share", "I.9.e", "at_most", 0.12),
        ("small_arrears_left", "I.6.c", "at_most", 0.0), ("srdi_growth_firms", "I.8.b", "at_least", 1000.0),
    )  # fmt: skip
    made_up = {"small_arrears_left": (3.1 * YI, 2.9 * YI, 3.3 * YI), "srdi_growth_firms": (1000.0, 1000.0, 1000.0)}
    known = outcomes.set_index(["scenario", "outcome"])[["mean", "low", "high"]]
    rows = []
    for scenario in outcomes["scenario"].unique():
        for outcome, clause, bound, target in asked:
            of = Target(outcome, clause, bound, target)
            on = "free_testing" in measures_of.get(scenario, ()) or clause == "I.8.b"
            found = made_up.get(outcome) or tuple(known.loc[(scenario, outcome)])
            met = of.is_met(found[0])
            over = OVER_RANGES.get(outcome, float(met)) if draws and scenario == "full_plan" else np.nan
            told = pursued(verdict(of, *found, 2_000.0, over), on)
            rows.append((scenario, *of, "2022-12-31", *found, 2_000.0, float(met), over, draws, told))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def whole_and_parts(values: pd.DataFrame) -> pd.DataFrame:
    return interaction.table(values, "baseline")


def journeys(strength: dict[str, float]) -> pd.DataFrame:
    """A firm that the whole plan saves, with reliefs there and the end without it, and one that it harms."""
    if "full_plan" not in strength:
        return pd.DataFrame(columns=list(EXAMPLES))
    saved = ("full_plan", 7, 150, "5301", "catering", "micro", "saved")
    harmed = ("full_plan", 9, 150, "5325", "retail", "small", "harmed")
    nowhere = (None, None)
    events = [
        (*saved, "2022-08-11", "borne", "rent_waiver", "II.1.a", "rent", 745_000, 910_000, *nowhere),
        (*saved, "2022-08-11", "borne", "utility_subsidy", "I.1.c", "utilities", 45_000, 910_000, *nowhere),
        (*saved, "2022-09-02", "listed", "", "", "", 0, 905_000, 0, 120_000),
        (*saved, "2022-09-03", "suspended", "", "", "", 0, 905_000, 0, 120_000),
        (*saved, "2022-10-01", "restarted", "", "", "", 0, 880_000, *nowhere),
        (*saved, "2023-05-11", "exited", "", "", "closed_while_stopped", *nowhere, 0, 0),
        (*harmed, "2022-07-11", "put_off", "loan_extension", "II.3.c", "principal", 300_000, 500_000, *nowhere),
        (*harmed, "2023-02-11", "instalment_missed", "", "", "principal", 300_000, 20_000, *nowhere),
        (*harmed, "2023-03-11", "exited", "", "", "insolvent", 0, 0, *nowhere),
        (*harmed, "2023-03-20", "won_contract", "", "", "", *nowhere, 90_000, 410_000),
    ]
    money = ["amount_fen", "cash_fen", "amount_fen_against", "cash_fen_against"]
    return pd.DataFrame(events, columns=list(EXAMPLES)).astype(dict.fromkeys(money, "Int64"))


def changes(panel: pd.DataFrame, pairs: Pairs, replications: int) -> pd.DataFrame:
    """Differences month by month: those of the panel, a little more or less in each universe."""
    rates = rates_by_month(panel).set_index(["scenario", "month"])
    rows = []
    every = [(*pair, month, rates.loc[(pair[0], month)]) for pair in pairs for month in panel["month"].unique()]
    for scenario, against, month, rate in every:
        for k, universe in enumerate(UNIVERSES):
            for outcome in HEADLINES:
                mean = (rate[outcome] - rates.loc[(against, month), outcome]) * (1 - 0.2 * k)
                ends = (mean - 0.002, mean + 0.002) if replications > 1 else (np.nan, np.nan)
                if not np.isnan(mean):
                    rows += [
                        (scenario, against, month, universe, by, outcome, mean, *ends, replications)
                        for by in COUNTED_BY
                    ]
    return pd.DataFrame(rows, columns=list(by_month.COLUMNS))
