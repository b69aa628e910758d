"""A folder of calibration with the province's numbers and a few targets of its own, read in two worlds."""

import shutil
from pathlib import Path

import pytest

from sim.data_folders import CALIBRATION_VARIABLE, own_calibration_folder

EVIDENCE = """\
id,item,value,low,high,unit,period,place,universe,source_title,source_address,read,grade,note
losers,share of firms with a loss,0.2,0.1,0.9,share,2022,Yunnan,all,A yearbook,stats.example.cn/a,printed,A,
never,a figure far from the model,90,,,years,2022,Yunnan,all,A survey,stats.example.cn/b,printed,C,
"""
TARGET = """\
{id}:
  group: {group}
  use: {use}
  title: {{zh: "{id}：中文", en: "{id} in words"}}
  universe: {{zh: 全部, en: everybody}}
  definition: {{zh: 定义, en: as published}}
  value: {value}
  low: {low}
  high: {high}
  unit: {unit}
  evidence: [{evidence}]
  {read}
"""
ROWS = [
    ("losing", "losses", "fitted", 0.3, 0.01, 0.99, "share", "losers",
     "world: as_it_was\n  reading: {name: loss_share, on: 2022-12-31}"),
    ("old", "population", "checked", 90, 80, 100, "years", "never",
     "world: ordinary_year\n  reading: {name: mean_of_firms, on: 2022-06-30, variable: age_years}"),
    ("nobody", "reopening", "checked", 0.5, 0.4, 0.6, "share", "never",
     "world: ordinary_year\n  reading: {name: back_at_work, days_after: 14}"),
    ("unanswerable", "losses", "checked", 3, 2, 4, "days", "never",
     "not_answerable: {zh: 模型中没有, en: there is no such state}"),
]  # fmt: skip
FIELDS = ("id", "group", "use", "value", "low", "high", "unit", "evidence", "read")


@pytest.fixture
def few_targets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder, named as the present one."""
    folder = tmp_path / "calibration"
    shutil.copytree(
        own_calibration_folder(), folder, ignore=shutil.ignore_patterns("evidence", "validated", "posterior")
    )
    (folder / "evidence").mkdir()
    (folder / "evidence" / "facts.csv").write_text(EVIDENCE, encoding="utf-8")
    text = "".join(TARGET.format(**dict(zip(FIELDS, row, strict=True))) for row in ROWS)
    (folder / "targets.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setenv(CALIBRATION_VARIABLE, str(folder))
    return folder
