"""The documents as a site: how Sphinx reads them. `make docs` builds them twice, into `site/en/` and `site/zh/`.

The sources are the documents as they lie. In the Chinese site a page has the text of its `.zh-CN.md` where there is
one; a link between the two is the switch of languages, and becomes a link from one site to the other.
"""

from __future__ import annotations

import re
import tomllib
from itertools import pairwise
from pathlib import Path
from posixpath import normpath, relpath
from typing import Final

from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish

ROOT: Final = Path(__file__).resolve().parents[2]
CHINESE: Final = ".zh-CN"
# An inline link or picture of Markdown, with its target and fragment; none that leaves the documents.
LINK: Final = re.compile(r"\]\((?P<target>[^)#\s:]+)(?P<fragment>#[^)\s]+)?\)")
CODE: Final = re.compile(r"(^```.*?^```\n)", re.MULTILINE | re.DOTALL)

project = "Shukun 纾困"
release = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
extensions = ["myst_parser"]
root_doc = "docs/site/index"
include_patterns = ["*.md", "docs/**.md", "**/README.md"]
exclude_patterns = [
    ".*", "**/.*", "**/__pycache__", "site", "build", "dist", f"**{CHINESE}.md", "results/[!rR]*",
    "tests/faults/corpus",
]  # fmt: skip
suppress_warnings = ["toc.not_included"]  # what a room of the code holds is reached from the page of the code
myst_heading_anchors = 4
myst_url_schemes = {"http": None, "https": None, "other-language": "{{path}}#{{fragment}}"}

smartquotes = False  # texts are quoted as they are written

html_theme = "pydata_sphinx_theme"
html_title = f"Shukun 纾困 {release}"
html_show_sourcelink = False
html_copy_source = False
html_show_copyright = False
templates_path = ["templates"]
html_theme_options = {
    "navbar_end": ["language", "theme-switcher"],
    "navbar_align": "left",
    "header_links_before_dropdown": 2,
    "navigation_with_keys": False,
    "footer_start": [],
    "footer_end": [],
}


class SearchBoth(SearchEnglish):
    """A search index for both languages: English words by their stems, Chinese by its characters and pairs of them.

    So what is typed is found wherever a word would begin, and nothing has to know Chinese words.
    """

    lang = "both"
    js_splitter_code = r"""
function splitQuery(query) {
  return (query.match(/[\u4e00-\u9fff]+|[^\u4e00-\u9fff\p{P}\p{Z}\p{S}]+/gu) || []).flatMap((part) =>
    !/^[\u4e00-\u9fff]/.test(part) || part.length === 1 ? [part]
      : Array.from({length: part.length - 1}, (_, at) => part.slice(at, at + 2)));
}
"""

    def split(self, input: str) -> list[str]:
        """The words of a text."""
        found = []
        for part in re.findall(r"[\u4e00-\u9fff]+|[^\W\u4e00-\u9fff]+", input):
            if "\u4e00" <= part[0] <= "\u9fff":
                found += [*part, *map("".join, pairwise(part))]
            else:
                found.append(part)
        return found


def is_there(page: str) -> bool:
    """Whether a document lies at a path from the top folder."""
    return (ROOT / page).is_file()


def in_site(link: re.Match[str], page: str, language: str) -> str:
    """A link as the site of a language has it: to a page of that site, or to one of the other.

    ``page``: the page that it stands in, from the top folder and without ending. What is no document stays as it is.
    """
    target = normpath(f"{page}/../{link['target']}")
    fragment = link["fragment"] or ""
    if (ROOT / target).is_dir():  # a folder is told by its README, or by that of the one above
        target = next(filter(is_there, (f"{target}/README.md", normpath(f"{target}/../README.md"))), target)
    if not target.endswith(".md") or not is_there(target):
        return link.group()
    name = target.removesuffix(".md").removesuffix(CHINESE)
    if language == "en":
        is_other = target.endswith(f"{CHINESE}.md")
    else:  # the switch of a page, or a heading that an English text names of one that this site has in Chinese
        is_english = not is_there(f"{page}{CHINESE}.md")
        is_other = name == page or bool(fragment and is_english and is_there(f"{name}{CHINESE}.md"))
    here = f"{page}/.."
    if is_other:
        other = "zh" if language == "en" else "en"
        return f"](other-language:{relpath(f'{other}/{name}.html', normpath(f'{language}/{here}'))}{fragment})"
    return f"]({relpath(f'{name}.md', normpath(here))}{fragment})"


def read(app: Sphinx, page: str, source: list[str]) -> None:
    """The text of a page in the language of this site, with links that lead somewhere within both sites."""
    language = app.config.language[:2]
    chinese = ROOT / f"{page}{CHINESE}.md"
    if language == "zh" and chinese.exists():
        source[0] = chinese.read_text(encoding="utf-8")
        app.env.note_dependency(str(chinese), docname=page)
    parts = CODE.split(source[0])
    parts[::2] = [LINK.sub(lambda link: in_site(link, page, language), part) for part in parts[::2]]
    source[0] = "".join(parts)


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.add_search_language(SearchBoth)
    app.connect("source-read", read)


html_search_language = "both"
