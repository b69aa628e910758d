"""What is said of the package from outside agrees: its metadata, how to cite it, and what each version brought."""

import json
import re
import tomllib
from datetime import date
from typing import Any

from ruamel.yaml import YAML

from tests.test_house import ROOT, read

PROJECT: dict[str, Any] = tomllib.loads(read(ROOT / "pyproject.toml"))["project"]
CITATION: dict[str, Any] = json.loads(json.dumps(YAML(typ="safe").load(read(ROOT / "CITATION.cff")), default=str))
RELEASED = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - (\S+)$", read(ROOT / "CHANGELOG.md"), re.MULTILINE)
# What version 1.2.0 of the Citation File Format asks for, and the names of fields that it knows and we use.
NEEDED = {"cff-version", "message", "title", "authors"}
KNOWN = NEEDED | {"abstract", "date-released", "keywords", "type", "version"}


def test_the_citation_is_one() -> None:
    assert NEEDED <= set(CITATION) <= KNOWN
    assert CITATION["cff-version"] == "1.2.0" and CITATION["type"] == "software"
    assert all(set(author) == {"name"} for author in CITATION["authors"])
    date.fromisoformat(CITATION["date-released"])


def test_the_citation_and_the_package_say_the_same() -> None:
    assert CITATION["version"] == PROJECT["version"]
    assert CITATION["keywords"] == PROJECT["keywords"]
    assert [author["name"] for author in CITATION["authors"]] == [author["name"] for author in PROJECT["authors"]]


def test_the_version_is_the_last_of_the_changelog() -> None:
    assert RELEASED[0] == (PROJECT["version"], CITATION["date-released"])


def test_the_changelog_tells_every_version_that_the_releases_tell_from_the_last_to_the_first() -> None:
    told = re.findall(r"^## (\d+\.\d+\.\d+)$", read(ROOT / "docs/releases.md"), re.MULTILINE)
    assert [version for version, _ in RELEASED] == told
    days = [date.fromisoformat(day) for _, day in RELEASED]
    assert days == sorted(days, reverse=True)


def test_the_changelog_has_the_form_of_keep_a_changelog() -> None:
    heads = set(re.findall(r"^### (.+)$", read(ROOT / "CHANGELOG.md"), re.MULTILINE))
    assert heads <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert re.search(r"^## \[Unreleased\]$", read(ROOT / "CHANGELOG.md"), re.MULTILINE)


def test_both_guides_for_contributors_show_the_same_commands() -> None:
    fence = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
    english, chinese = (fence.findall(read(ROOT / f"CONTRIBUTING{ending}.md")) for ending in ("", ".zh-CN"))
    assert english and english == chinese


def test_what_the_site_needs_is_tested_too() -> None:
    assert set(PROJECT["optional-dependencies"]["docs"]) <= set(PROJECT["optional-dependencies"]["test"])
