"""Words that people read: where they may stand in the code, and which of them the field does not use.

The rule is told in `docs/architecture.md` ("Where words stand"), the terms in `docs/glossary.md`.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from tests.test_house import ROOT, SOURCES, TRACKED, read, short

HAN = re.compile(r"[\u4e00-\u9fff]")
LETTERS = re.compile(r"[A-Za-z\u4e00-\u9fff]{2,}")
CATALOGUES = ("sim/report/words/catalogue.yaml", "sim/names.yaml")
# Chinese that stands without its English, and why.
ALONE = {
    "sim/observe/codebook.py": "meanings of columns, whose English stands in `TABLES`; a test holds both together",
    "sim/population/counties.py": "parts of the names of places, to be understood and not to be shown",
    "sim/names.py": "endings of words that people leave out, to be understood and not to be shown",
    "sim/report/documents/brief.py": "numerals of headings of official papers, which the English brief does not have",
    "sim/report/documents/brief_styles.py": "names of fonts, as Word looks for them",
    "sim/scenario/slips.py": "ways in which people write numbers and dates, to be understood and not to be shown",
}
# Words of a page that are no words of its language, and why.
OF_A_PAGE = {"bar.html": {"English": "each language is called by its own name", "中文": "the same"}}
# What the field does not say, what it says instead, and in which texts nobody is to find it.
NOT_SAID = {
    r"杠杆": "政策参数",
    r"运气|碰巧": "随机波动、偶然",
    r"企业行数|行企业": "样本户数、户样本企业",
    r"说得清|说不清|看得出作用|够不着": "识别、显著、超出范围",
    r"被救活|无论如何都": "因方案存活、两种情形下均",
    r"变式": "取值组合",
    r"与零无法区分": "与零无显著差异",
    r"\bluck(?:s|y|iest|ily)?\b": "random variation, chance",
    r"\bhangs? on\b": "depends on",
    r"\bput(?:s|ting)? off\b": "deferred",
    r"(?-i:\btold from\b)": "distinguishable from",
    r"\brows of firms\b": "sample firms",
    r"\bloss shares?\b": "loss-making share",
    r"\bleast largest regret\b": "minimax regret",
}
BANNED = re.compile("|".join(NOT_SAID), re.IGNORECASE)
# Texts in which such a word may stand, and why.
MAY_SAY = {
    "docs/glossary.md": "names the words that are not said",
    "docs/renamed.md": "names tables and columns as they were called before",
    "docs/parameters.md": "made from `calibration/`, whose bytes the kept posterior is sealed with",
    "docs/parameters.zh-CN.md": "the same",
    "docs/questions.md": "prints names of targets, which are of `calibration/`",
    "docs/validation.md": "the same as parameters",
}


def chinese_alone(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of Chinese literals beside which no English stands.

    Beside its English stands what is given as ``zh`` (or a name that ends so), what is assigned to such a name, the
    entry ``"zh"`` of a mapping, what is written where the language is asked for (``== "zh"``), and what comes right
    before something without Chinese in a call, a tuple or what is yielded.
    """
    tree = ast.parse(source)
    beside: set[int] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Module() | ast.ClassDef() | ast.FunctionDef():
                beside |= {id(one.value) for one in node.body if isinstance(one, ast.Expr)}
            case ast.keyword(arg=str(name), value=value) if name.endswith("zh"):
                beside |= _inside(value)
            case ast.Assign(targets=[target], value=value) | ast.AnnAssign(target=target, value=ast.expr() as value):
                beside |= _inside(value) if re.search(r"zh\b", ast.unparse(target)) else set()
            case ast.AugAssign(target=ast.Name(id=name), value=value) if name.endswith("zh"):
                beside |= _inside(value)
            case ast.Dict(keys=keys, values=values):
                pairs = zip(keys, values, strict=True)
                beside |= {at for key, value in pairs if _is_zh(key) for at in _inside(value)}
            case ast.If(test=ast.Compare(comparators=[asked]), body=body) if _is_zh(asked):
                beside |= {at for one in body for at in _inside(one)}
            case ast.Tuple(elts=parts) | ast.Call(args=parts):
                for first, second in pairwise(parts):
                    beside |= _inside(first) if not HAN.search(ast.unparse(second)) else set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and HAN.search(node.value):
            if id(node) not in beside:
                yield node.lineno, node.value


def _inside(node: ast.AST) -> set[int]:
    return {id(one) for one in ast.walk(node)}


def _is_zh(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and node.value == "zh"


@pytest.mark.parametrize("path", SOURCES, ids=short)
def test_chinese_in_the_code_stands_beside_its_english(path: Path) -> None:
    found = [f"{short(path)}:{line}: {text[:40]}" for line, text in chinese_alone(read(path))]
    assert bool(found) == (short(path) in ALONE), f"words that people read belong in {CATALOGUES[0]}: {found}"


@pytest.mark.parametrize("source", ['say("没有结果")', 'title = f"共 {n} 户"', '{"en": "none", "name": "无"}'])
def test_chinese_without_english_is_found(source: str) -> None:
    assert list(chinese_alone(source))


@pytest.mark.parametrize("source", ['refused(zh="无", en="none")', 'refused("无", "none")', 'zh, en = "无", "none"'])
def test_chinese_beside_its_english_is_left_alone(source: str) -> None:
    assert not list(chinese_alone(source))


def seen(template: str) -> str:
    """What a reader sees of a template by itself: text and the attributes that are read out, expressions left out."""
    bare = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<(script|style)\b.*?</\1>|<!--.*?-->", " ", template, flags=re.S)
    read_out = re.findall(r'\b(?:title|alt|placeholder|aria-label|content)="([^"]*)"', re.sub(r"<meta[^>]*>", "", bare))
    return " ".join([re.sub(r"<[^>]*>", " ", bare), *read_out])


@pytest.mark.parametrize("path", [path for path in TRACKED if path.match("sim/report/**/*.html")], ids=short)
def test_pages_have_no_words_of_their_own(path: Path) -> None:
    found = [word for word in LETTERS.findall(seen(read(path))) if word not in OF_A_PAGE.get(path.name, {})]
    assert not found, f"words that people read belong in {CATALOGUES[0]}: {found}"


def test_a_word_in_a_template_is_found() -> None:
    assert LETTERS.findall(seen('<p title="{{ a }}">{{ both("x") }} <b>Total</b></p>')) == ["Total"]


def readable() -> Iterator[tuple[str, str]]:
    """Every text that people read by where it stands: catalogues, documents, notebooks, titles in scenarios."""
    for name in CATALOGUES:
        yield from _entries(name, yaml.safe_load(read(ROOT / name)))
    for path in TRACKED:
        if path.suffix == ".md" and not path.is_relative_to(ROOT / "results") and short(path) not in MAY_SAY:
            # What stands in marks of code is a name of a file or a table.
            yield short(path), re.sub(r"(?<!`)`[^`\n]+`(?!`)", "", read(path))
        elif path.suffix == ".ipynb":
            cells = json.loads(read(path))["cells"]
            yield short(path), "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
        elif path.suffix == ".yaml" and path.is_relative_to(ROOT / "scenarios"):
            yield from _entries(short(path), yaml.safe_load(read(path)))


def _entries(where: str, content: object) -> Iterator[tuple[str, str]]:
    match content:
        case {"zh": str(zh), "en": str(en)}:
            yield where, f"{zh}\n{en}"
        case dict():
            for name, below in content.items():
                yield from _entries(f"{where}: {name}", below)
        case list():
            for below in content:
                yield from _entries(where, below)


def test_nobody_reads_words_that_the_field_does_not_use() -> None:
    found = [f"{where}: {match.group()}" for where, text in readable() for match in BANNED.finditer(text)]
    assert not found, f"see docs/glossary.md: {found}"


def test_whoever_may_say_such_a_word_does() -> None:
    idle = [name for name in MAY_SAY if not BANNED.search(read(ROOT / name))]
    assert not idle, f"nothing needs an exception in {idle}"
