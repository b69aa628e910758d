"""The Chinese font that pictures and pages carry, because a fresh machine has none.

Noto Sans SC, which the package ``pylopdf-fonts-zh-cn`` brings under the SIL Open Font License 1.1.
"""

from __future__ import annotations

import base64
import io
from pathlib import Path

# Punctuation, symbols and everything East Asian; the letters and digits of every machine lie below.
FIRST_CARRIED = 0x2000


def chinese_font() -> Path | None:
    """File of the font, None when its package is not installed."""
    try:
        from pylopdf_fonts_zh_cn import sans_path  # here: a machine may lack it
    except ImportError:
        return None
    return Path(sans_path())


def carried(text: str) -> str:
    """The glyphs that a text needs as a data URL (WOFF), empty without the font."""
    path = chinese_font()
    if path is None:
        return ""
    from fontTools import subset  # type: ignore[import-untyped]  # here: pages alone carry glyphs

    options = subset.Options(flavor="woff", hinting=False, desubroutinize=True, layout_features=[])
    font = subset.load_font(str(path), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes={ord(character) for character in text if ord(character) >= FIRST_CARRIED})
    subsetter.subset(font)
    file = io.BytesIO()
    subset.save_font(font, file, options)
    return f"data:font/woff;base64,{base64.b64encode(file.getvalue()).decode()}"
