"""The timing history, and the figures of the READMEs that are written from its last line."""

from pathlib import Path

import pytest

from benchmarks import history

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(("lang", "name"), history.README_OF.items())
def test_figures_of_the_readme_are_those_of_the_last_line(lang: str, name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    shown = text.split(history.BEGIN)[1].split(history.END)[0]
    assert shown.strip() == history.table(history.lines_of(history.HISTORY)[-1], lang)


def test_a_line_is_added_below_those_that_are_there(tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    for day in ("2026-01-01", "2026-01-02"):
        history.add(dict.fromkeys(history.COLUMNS, "1") | {"date": day}, path)
    assert [line["date"] for line in history.lines_of(path)] == ["2026-01-01", "2026-01-02"]


def test_the_table_tells_months_a_second() -> None:
    line = dict.fromkeys(history.COLUMNS, "1") | {"twenty_thousand_seconds": "0.5", "province_firms": "3000000"}
    assert "| 20,000 | 0.5 | 1.0 m |" in history.table(line, "en")  # 20,000 firms, 24 months, half a second
    assert "| 20,000 | 0.5 | 96 万 |" in history.table(line, "zh")


def test_readmes_are_written_between_the_marks(tmp_path: Path) -> None:
    line = dict.fromkeys(history.COLUMNS, "1") | {"province_firms": "3000000"}
    history.add(line, tmp_path / "history.csv")
    for name in history.README_OF.values():
        (tmp_path / name).write_text(f"before\n{history.BEGIN}\nold\n{history.END}\nafter\n", encoding="utf-8")
    history.write_readmes(tmp_path, tmp_path / "history.csv")
    for lang, name in history.README_OF.items():
        shown = (tmp_path / name).read_text(encoding="utf-8")
        assert shown == f"before\n{history.BEGIN}\n{history.table(line, lang)}\n{history.END}\nafter\n"


def test_the_first_run_is_told_once_it_was_timed_and_not_before() -> None:
    line = dict.fromkeys(history.COLUMNS, "1") | {"province_firms": "3000000", "first_run_seconds": "1.49"}
    for lang, sentence in (("en", "1.49 s, imports included"), ("zh", "用时 1.49 秒")):
        assert sentence in history.table(line, lang)
        assert "500" not in history.table(line | {"first_run_seconds": ""}, lang)
