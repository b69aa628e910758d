"""Firms as a table that people write and read: one row a firm, anonymous, in yuan, persons and shares.

:data:`COLUMNS` says which columns there are; the codebook is made of it, and so are the table that the synthetic
population is exported as (:func:`export`) and the reading of somebody's own firms (:mod:`sim.population.own_firms`).
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.measure import Words
from sim.population.columns import Firms
from sim.population.counties import counties
from sim.timeline import COHORTS
from sim.units import FEN_PER_YUAN
from sim.vocabulary import CUSTOMERS, FLAGS, LANDLORDS, SECTORS, SIZES, Status

if TYPE_CHECKING:
    import pandas as pd


FOLDER: Final = "population"
TABLE: Final = f"{FOLDER}/firms.csv"
CODEBOOK: Final = f"{FOLDER}/firms.codebook.csv"
Kind: TypeAlias = Literal["identity", "county", "word", "flag", "whole", "money", "share", "day"]
MOST_DAYS: Final = 32_000


class Column(NamedTuple):
    """One column of the table."""

    name: str
    kind: Kind
    zh: str
    en: str
    field: str = ""  # of Firms, or what of GIVEN it stands for
    words: tuple[str, ...] = ()  # what a word may be, in the order of its positions
    least: int = 0  # of whole numbers
    most: int = 2**31 - 1
    needed: bool = False
    left_out_zh: str = "按合成的规则抽取"  # what holds where the column is left out
    left_out_en: str = "drawn as in the synthesis"

    @property
    def unit(self) -> str:
        """What it is in."""
        return {"money": "yuan", "share": "share", "day": "days after the start"}.get(self.kind, "")

    @property
    def allowed(self) -> Words:
        """What a cell may hold."""
        if self.kind in ("word", "flag"):
            return Words(zh="、".join(self.words or ("0", "1")), en=", ".join(self.words or ("0", "1")))
        if self.kind == "whole":
            return Words(
                zh=f"{self.least} 至 {self.most} 的整数", en=f"a whole number from {self.least} to {self.most}"
            )
        return {
            "identity": Words(zh="不重复的编号", en="an identity of its own"),
            "county": Words(zh="本省一个县的代码", en="the code of a county of the province"),
            "money": Words(zh="不小于 0 的金额，至多两位小数", en="an amount from 0 on with at most two decimals"),
            "share": Words(zh="0 至 1", en="from 0 to 1"),
            "day": Words(zh=f"-1（没有贷款）至 {MOST_DAYS}", en=f"from -1 (no loan) to {MOST_DAYS}"),
        }[self.kind]


COLUMNS: Final = (
    Column("id", "identity", "编号；整数原样使用，文字取其散列",
           "identity: a number as it is, a text by its hash", "key",
           left_out_zh="按行的位置", left_out_en="by the position of the row"),
    Column("weight", "whole", "代表几户", "entities that it stands for", "weight", least=1,
           left_out_zh="1", left_out_en="1"),
    Column("county", "county", "所在县", "county where it is", "county", needed=True),
    Column("sector", "word", "行业", "sector", "sector", SECTORS, needed=True),
    Column("size", "word", "规模", "size class", "size", SIZES, needed=True),
    Column("settles", "whole", "每月第几日结算（0 起）", "day of the month on which it settles, from 0", "cohort",
           most=COHORTS - 1),
    Column("age_months", "whole", "开业至今的月数", "months since it opened", "age_months", most=12_000),
    Column("landlord", "word", "房东", "who its landlord is", "landlord", LANDLORDS),
    Column("customer", "word", "主要客户", "whom it mainly sells to", "customer", CUSTOMERS),
    *(Column(name, "flag", "有无此特征，见 docs/glossary.md", "whether it has the trait, see docs/glossary.md", name)
      for name in FLAGS),
    Column("staff", "whole", "职工人数，不含业主", "persons on the payroll, owner excluded", "staff", most=1_000_000),
    Column("sales_yuan", "money", "平常一月的营业额，不含政府采购合同，大于 0",
           "usual sales of a month without public contracts, above 0", "usual_sales"),
    Column("wage_yuan", "money", "每人每月工资", "wage of a person and month", "wage"),
    Column("insured_share", "share", "参保职工比重", "share of the staff that is insured", "insured_share"),
    Column("rent_yuan", "money", "每月房租；自有或免租为 0", "rent of a month; 0 in own or rent-free premises", "rent"),
    Column("loan_yuan", "money", "贷款余额", "principal of its loan", "loan"),
    Column("loan_rate", "share", "贷款年利率", "rate of the loan a year", "loan_rate"),
    Column("loan_due", "day", "贷款到期在期初后第几天", "day on which the loan is due, after the start", "loan_due_on"),
    Column("materials_share", "share", "货物与原材料占营业额之比", "goods and materials over sales", "materials_share"),
    Column("cash_yuan", "money", "现金", "cash", "cash"),
    Column("receivables_yuan", "money", "未到期应收账款", "claims not yet overdue", "receivables"),
    Column("overdue_yuan", "money", "机关事业单位和大企业逾期未付的账款", "arrears of public bodies and large firms",
           "overdue"),
    Column("payables_yuan", "money", "应付供应商账款", "owed to suppliers", "payables"),
    Column("vat_credit_yuan", "money", "留抵税额", "stock of uncredited input VAT", "vat_credit"),
    Column("deposit_yuan", "money", "旅行社质量保证金", "travel agency's deposit", "quality_deposit"),
)  # fmt: skip
BY_NAME: Final = {column.name: column for column in COLUMNS}


def export(firms: Firms, cohort_start: NDArray[np.int64], folder: Path) -> Path:
    """Write the firms alive at the start, and the codebook, into a folder; the file of the firms.

    Read again as somebody's own firms they are the same to the last bit.
    """
    path = folder / TABLE
    path.parent.mkdir(parents=True, exist_ok=True)
    table_of(firms, cohort_start).to_csv(path, index=False, lineterminator="\n")
    with (folder / CODEBOOK).open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(("column", "needed", "kind", "unit", "allowed_zh", "allowed_en", "meaning_zh", "meaning_en",
                        "left_out_zh", "left_out_en"))  # fmt: skip
        for column in COLUMNS:
            left_out = ("", "") if column.needed else (column.left_out_zh, column.left_out_en)
            allowed = column.allowed
            lines.writerow((column.name, int(column.needed), column.kind, column.unit, allowed.zh, allowed.en,
                            column.zh, column.en, *left_out))  # fmt: skip
    return path


def table_of(firms: Firms, cohort_start: NDArray[np.int64]) -> pd.DataFrame:
    """The firms alive at the start as a table, in the order of the population; money and shares as texts."""
    import pandas as pd  # start-up: whoever exports firms waits for it

    alive = np.flatnonzero(firms.status == Status.OPEN)
    cohort = np.repeat(np.arange(COHORTS), np.diff(cohort_start))
    of_its_own = {
        "cohort": cohort,
        "receivables": firms.receivables_public + firms.receivables_private,
        "overdue": firms.overdue_public,
        **{name: (firms.flags >> k) & 1 for k, name in enumerate(FLAGS)},
    }
    table: dict[str, Any] = {}
    for column in COLUMNS:
        values = of_its_own[column.field] if column.field in of_its_own else getattr(firms, column.field)
        table[column.name] = _written(column, values[alive])
    return pd.DataFrame(table)


def _written(column: Column, values: NDArray[Any]) -> Any:
    """The values of a column as the table has them."""
    if column.kind == "county":
        return np.array(counties().code)[values]
    if column.kind == "word":
        return np.array(column.words)[values]
    if column.kind == "money":
        yuan, fen = (part.tolist() for part in np.divmod(values.astype(np.int64), FEN_PER_YUAN))
        return [f"{whole}.{rest:02d}" if rest else str(whole) for whole, rest in zip(yuan, fen, strict=True)]
    if column.kind == "share":  # nine digits tell every number of single precision apart
        return [f"{share:.9g}" for share in values.tolist()]
    return values
