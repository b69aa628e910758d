"""What falls due in a month, on paper: a micro caterer of 10 staff at 4,000 yuan that sells 100,000 and rents at 8,000.

Costs that a case does not name are off (`tests/few_firms.py`); rates are those of `calibration/parameters.yaml`.
"""

from __future__ import annotations

from datetime import date

import pytest

from tests.few_firms import Firm, Town, fen, measure

JAN, FEB, MAR, APR, MAY, JUN, JUL, AUG = range(8)
UNTIL_AUGUST = date(2022, 8, 31)


def month(firm: Firm, **parameters: float | dict[str, float]) -> Town:
    """January of one firm."""
    named = {name.replace("__", "."): value for name, value in parameters.items()}
    return Town(firm, parameters=named).live()


def test_wages_are_staff_times_wage():
    assert month(Firm(staff=10, wage=4_000)).paid("wages") == fen(40_000)


def test_premiums_are_shares_of_the_wages_of_insured_staff():
    """Half of the staff are insured: 20,000 yuan of wages bear premiums, 16 % of pension, 9 % of medical and so on."""
    town = month(Firm(insured_share=0.5))
    assert town.paid("pension") == fen(20_000 * 0.16)
    assert town.paid("medical") == fen(20_000 * 0.09)
    assert town.paid("unemployment") == fen(20_000 * 0.007)
    assert town.paid("work_injury") == fen(20_000 * 0.004)


def test_materials_go_with_sales_and_rent_does_not():
    town = month(Firm(materials_share=0.25, rent=8_000))
    assert town.paid("materials") == fen(25_000)
    assert town.paid("rent") == fen(8_000)


@pytest.mark.parametrize(("expected", "yuan"), [(1.0, 30_000), (0.5, 25_000)])
def test_a_part_of_the_materials_follows_what_the_firm_expects_to_sell(expected, yuan):
    """Half of usual sales are made; of 0.5 yuan for a yuan a fifth goes by what was expected: 0.1 x 100,000, or
    0.1 x 50,000, and 0.4 x 50,000."""
    fixed = {"costs.materials_fixed_share": 0.2}
    town = Town(Firm(materials_share=0.5, expected=expected), trade=0.5, parameters=fixed).live()
    assert town.paid("materials") == fen(yuan)


def test_what_is_fixed_is_fixed_until_the_firm_has_learned():
    """Sales halve for good. Half of the error is learned a month, so 1, 0.75 and 0.625 of usual sales are expected."""
    learns = {"costs.materials_fixed_share": 0.2, "firm.expectation_weight": 0.5}
    town = Town(Firm(materials_share=0.5), until=date(2022, 3, 31), trade=0.5, parameters=learns).live()
    bought = [town.paid("materials", m) for m in (JAN, FEB, MAR)]
    assert bought == [fen(0.1 * 100_000 * share + 0.4 * 50_000) for share in (1, 0.75, 0.625)]


def test_the_margin_changes_on_the_firms_own_anniversary():
    """The first firm's year begins in December: what it buys for the same sales is one sum before and another after."""
    years = {"costs.margin_permanent_share": 0.0}
    town = Town(Firm(materials_share=0.5), until=date(2023, 12, 31), parameters=years).live()
    bought = [town.paid("materials", m) for m in range(24)]
    first, second, third = {*bought[:11]}, {*bought[11:23]}, {*bought[23:]}
    assert len(first) == len(second) == len(third) == 1
    assert len(first | second | third) == 3


def test_the_margin_of_a_year_never_leaves_less_than_two_fen_for_materials_nor_more_than_98():
    """A spread of several times all sales puts each year on one bound or the other."""
    wide = {"costs.margin_permanent_share": 0.0, "costs.net_margin": 50.0}
    town = Town(*[Firm(materials_share=0.5)] * 20, parameters=wide).live()
    dear, rest = divmod(town.paid("materials") - 20 * fen(2_000), fen(96_000))
    assert 0 < dear < 20 and rest == 0


@pytest.mark.parametrize(("expected", "yuan"), [(1.0, 3_000 * 0.7), (0.5, 3_000 * 0.5)])
def test_a_part_of_the_utilities_follows_what_the_firm_expects_to_sell(expected, yuan):
    """Half of usual sales are made: 0.4 x what was expected + 0.6 x 0.5 of 3 % of 100,000 yuan."""
    town = Town(Firm(expected=expected), trade=0.5, parameters={"costs.utilities": 0.03}).live()
    assert town.paid("utilities") == fen(yuan)


def test_depreciation_is_a_cost_without_a_bill():
    """5 % of usual sales a month lower the result and the tax on it, and nobody is paid for it here."""
    worn = month(Firm(cash=0), costs__depreciation=0.05)
    profit = 100_000 - 40_000 - 8_000 - 2_000 - 5_000
    assert worn.paid("income_tax") == fen(profit * 0.025)
    assert worn.firm("profit_this_year") == fen(profit * 0.975)
    assert worn.firm("cash") == fen(100_000 - 50_000 - profit * 0.025)


def test_utilities_fees_tolls_and_testing():
    """Of utilities 40 % go by what is expected and 60 % with activity, both usual here: 3 % of 100,000 yuan in all."""
    town = month(Firm(), costs__utilities=0.03, costs__fees=0.01, costs__tolls=0.002, costs__testing_yuan=90)
    assert town.paid("utilities") == fen(3_000)
    assert town.paid("fees") == fen(1_000)
    assert town.paid("tolls") == fen(200)
    assert town.paid("testing") == 0, "nobody was asked to test"


def test_only_firms_on_a_platform_pay_commission():
    assert month(Firm(), costs__commission=0.08).paid("commission") == 0
    assert month(Firm(flags=("on_platform",)), costs__commission=0.08).paid("commission") == fen(8_000)


@pytest.mark.parametrize(("sales", "tax"), [(150_000, 0), (200_000, 200_000 * 0.01 * 1.06)])
def test_small_taxpayers_pay_no_vat_up_to_150_000_yuan_a_month(sales, tax):
    """In January 2022: the levy of 1 % and the surcharges of 6 % on it, on all sales once they are above the limit."""
    assert month(Firm(sales=sales)).paid("vat") == fen(tax)


def test_from_april_2022_small_taxpayers_pay_no_vat_at_all():
    town = Town(Firm(sales=200_000), until=date(2022, 4, 30)).live()
    assert [town.paid("vat", m) for m in (MAR, APR)] == [fen(2_120), 0]


def test_general_taxpayers_pay_vat_from_the_first_yuan():
    town = month(Firm(sector="retail", flags=("vat_general",)), tax__vat_general=0.03)
    assert town.paid("vat") == fen(100_000 * 0.03 * 1.06)


def test_income_tax_is_on_profit_only():
    """A micro firm pays 2.5 % of what staff, landlord and suppliers leave of 100,000 yuan; one in the red pays none."""
    assert month(Firm()).paid("income_tax") == fen((100_000 - 40_000 - 8_000 - 2_000) * 0.025)
    assert month(Firm(sales=40_000)).paid("income_tax") == 0


def test_interest_of_a_month_is_a_twelfth_and_what_is_guaranteed_bears_a_fee():
    """120,000 yuan at 6 % a year; a tenth of it is guaranteed, at 1 % a year."""
    loan = {"loan": 120_000, "loan_rate": 0.06, "loan_due": date(2023, 6, 1)}
    free, guaranteed = month(Firm(**loan)), month(Firm(**loan, guaranteed=12_000))
    assert free.paid("interest") == guaranteed.paid("interest") == fen(600)
    assert free.paid("guarantee_fee") == 0
    assert guaranteed.paid("guarantee_fee") == fen(120_000 * 0.1 * 0.01 / 12)


def test_a_waiver_of_three_months_of_rent():
    """Three rents are borne by the landlord, the fourth is paid again."""
    waiver = measure("waiver", "relief", flows=["rent"], share=1, months=3)
    town = Town(Firm(rent=8_000), until=date(2022, 4, 30), measures=[waiver]).live()
    assert [town.relieved("waiver", "rent", m) for m in (JAN, FEB, MAR, APR)] == [fen(8_000)] * 3 + [0]
    assert [town.paid("rent", m) for m in (JAN, FEB, MAR, APR)] == [0, 0, 0, fen(8_000)]


def test_reliefs_of_one_bill_never_take_more_than_the_bill():
    """60 % and 60 % of the full rent: the second measure finds 40 % left and bears that."""
    measures = [measure(name, "relief", flows=["rent"], share=0.6) for name in ("first", "second")]
    town = Town(Firm(rent=8_000), measures=measures).live()
    assert [town.relieved(name, "rent") for name in ("first", "second")] == [fen(4_800), fen(3_200)]
    assert town.paid("rent") == 0


def test_a_waiver_tops_up_another_to_six_months_in_all():
    """Three months from one measure; the other brings them to six and so gives three of its own."""
    base = measure("base", "relief", flows=["rent"], share=1, months=3)
    more = measure("more", "relief", flows=["rent"], share=1, months=6, tops_up="base")
    town = Town(Firm(rent=8_000), until=UNTIL_AUGUST, measures=[base, more]).live()
    assert town.relieved("base", "rent") + town.relieved("more", "rent") == 6 * fen(8_000)
    assert town.paid("rent") == 2 * fen(8_000)


def test_interest_above_the_cap_is_not_subsidised():
    """600 yuan of interest at 6 %; half is borne, but only of a rate of 4 %: half of 400 yuan."""
    subsidy = measure("subsidy", "relief", flows=["interest"], share=0.5, rate_cap=0.04)
    firm = Firm(loan=120_000, loan_rate=0.06, loan_due=date(2023, 6, 1), flags=("collateral",))
    assert Town(firm, measures=[subsidy]).live().relieved("subsidy", "interest") == fen(200)


def test_premiums_put_off_until_march_are_repaid_in_three_parts_from_june():
    """Pension premiums of January to March, 6,400 yuan each: 19,200 put off, 6,400 a month from June to August."""
    deferral = measure(
        "deferral", "deferral", flows=["pension"], share=1, until=date(2022, 3, 31), repay_from=date(2022, 6, 1),
        instalments=3,
    )  # fmt: skip
    town = Town(Firm(insured_share=1.0), until=UNTIL_AUGUST, measures=[deferral]).live()
    assert [town.moved("deferral", "deferred", m) for m in (JAN, FEB, MAR, APR)] == [fen(6_400)] * 3 + [0]
    assert [town.paid("pension", m) for m in (MAR, APR)] == [0, fen(6_400)]
    assert [town.moved("deferral", "repaid", m) for m in (MAY, JUN, JUL, AUG)] == [0] + [fen(6_400)] * 3


def test_reliefs_come_before_deferrals():
    """Half of a rent of 8,000 yuan is waived; only the other half is left to be put off."""
    waiver = measure("waiver", "relief", flows=["rent"], share=0.5)
    later = measure("later", "deferral", flows=["rent"], share=1, until=date(2022, 1, 31), repay_from=date(2022, 12, 1))
    town = Town(Firm(rent=8_000), measures=[waiver, later]).live()
    assert town.relieved("waiver", "rent") == town.moved("later", "deferred") == fen(4_000)


def test_rent_already_paid_for_months_that_are_waived_is_given_back():
    """Three months since January; granted in March: January and February are paid back, March is not paid."""
    waiver = measure(
        "waiver", "relief", flows=["rent"], share=1, months=3, paid_since=date(2022, 1, 1), start=date(2022, 3, 1)
    )
    town = Town(Firm(rent=8_000, landlord="state"), until=date(2022, 4, 30), measures=[waiver]).live()
    assert [town.paid("rent", month) for month in range(4)] == [fen(8_000), fen(8_000), 0, fen(8_000)]
    assert [town.moved("waiver", "granted", month) for month in range(4)] == [0, 0, fen(16_000), 0]
    assert town.line("paid_rent_to_state_landlords") == fen(24_000)


def test_of_a_waiver_that_tops_up_another_only_the_months_beyond_are_given_back():
    """Three and six months; in June five months have begun: the first three, then two of the further three."""
    common = {"flows": ["rent"], "share": 1, "paid_since": date(2022, 1, 1), "start": date(2022, 6, 1)}
    three = measure("rent", "relief", months=3, **common)
    six = measure("rent_listed", "relief", months=6, tops_up="rent", **common)
    town = Town(Firm(rent=8_000), until=date(2022, 7, 31), measures=[three, six]).live()
    assert (town.moved("rent", "granted"), town.moved("rent_listed", "granted")) == (fen(24_000), fen(16_000))
    assert [town.paid("rent", month) for month in (4, 5, 6)] == [fen(8_000), 0, fen(8_000)]
