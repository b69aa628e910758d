"""The codebook of the firms that were looked at, which lies beside their table wherever that is stored."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

from sim.observe.tables import TABLES, Column

TABLE: Final = "snapshots"
FILE: Final = f"{TABLE}.codebook.csv"
OF_A_STUDY: Final = {  # columns that a study puts in front
    "scenario": Column("str", "-", "name of the scenario"),
    "replication": Column("int64", "-", "of the run, from 0"),
}
# The meanings of `TABLES` in Chinese.
CHINESE: Final = {
    "scenario": "情景名称",
    "replication": "第几次重复，从 0 起",
    "date": "日期；企业在这一天结束时的状况",
    "firm": "企业编号，各情景相同",
    "entities": "这一行代表几户；其余各列都是其中一户的数",
    "prefecture": "州（市）代码",
    "county": "县（市、区）代码",
    "sector": "行业",
    "size": "规模",
    "universe": "统计范围：individual_businesses 个体工商户，other_enterprises 其他企业，industry_above_scale 规上工业",
    "landlord": "房东：none 自有或免租，state 国有，private 私人",
    "customer": "主要客户",
    "founder": "期初已存在",
    "age_years": "当日的年龄（年）；已退出的为退出时的年龄",
    "status": "状态：open 营业，suspended 因疫情停业，paused 经营者暂停，exited 已退出",
    "exit_cause": "退出原因；仍存续的为空",
    "exited_on": "退出日期；仍存续的缺失",
    "stopped": "期内至少因疫情停业过一次",
    "usual_sales_fen": "平常一月的营业额，按当时情况",
    "expected_sales": "预期一月的营业额，占平常营业额的比重",
    "usual_staff": "平常营业额下的职工人数，不含业主，按当时情况",
    "staff": "在册职工人数",
    "staff_change": "职工自期初或开业以来的变化；当时没有职工的缺失",
    "outlays_fen": "按现有职工和贷款，平常一月的支出：population.cash_months 所计的支出",
    "cash_fen": "手头现金；已退出的为 0",
    "cash_months": "现金够几个月支出；已退出的缺失，各项比率都如此",
    "cash_reach_months": "按预期营业额、经营者靠它生活，现金还能撑几个月；一直撑得住为 99",
    "arrears_in_months": "还有几个月就付不出账：已有逾期账款的为 0，否则为现金还能撑的月数；一直付得出为 99",
    "receivables_fen": "客户所欠，无论是否逾期",
    "receivables_days": "应收账款合平常营业额多少天",
    "overdue_to_firm_fen": "其中机关事业单位和大企业逾期未付的",
    "buffer_months": "打算保有几个月支出的现金",
    "reservation_fen": "经营者一个月生活所需，也是他在别处可挣的；不计经营者生活的规模为 0",
    "payables_fen": "欠供应商，无论是否到期",
    "payables_days": "应付账款合平常货物与原材料多少天",
    "arrears_fen": "逾期未付的货款、工资、房租、税费、社保费等",
    "arrears_months": "逾期账款合几个月支出",
    "loan_fen": "银行贷款余额",
    "debt_ratio": "贷款占一年平常营业额的比重",
    "loan_rate": "贷款年利率；没有贷款的缺失",
    "loan_term": "贷款期限（月）；没有贷款或已被收回的为 0",
    "late_on_loan": "贷款到期未还",
    "loan_bad": "贷款逾期超过 90 天",
    "insured": "有参保职工",
    "result_of_year_fen": "当年 1 月 1 日以来已结算的盈亏，未扣经营者生活所需",
    "result_with_owner_fen": "同上，再按当年每个月扣除 reservation_fen（新开业的每 30 天计一个月）",
    "margin": "当年盈亏与已结算各月平常营业额之比",
    "margin_with_owner": "同上，扣除经营者生活所需之后",
    "distressed_months": "逾期账款连续几个月超过债权人容忍的限度",
    "measures_known": "符合条件、需要申请、已经听说的措施数",
    "measures_applied": "其中已经申请的",
    "measures_granted": "其中曾经兑现的",
}


def write(path: Path) -> None:
    """Write the codebook: column, kind, unit, meaning_zh, meaning_en, a row each, in the order of the table."""
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(("column", "kind", "unit", "meaning_zh", "meaning_en"))
        for name, column in (OF_A_STUDY | TABLES[TABLE]).items():
            lines.writerow((name, column.kind, column.unit, CHINESE[name], column.meaning))
