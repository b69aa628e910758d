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
    import uharfbuzz  # type: ignore[import-untyped]  # here: pages alone carry glyphs
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # here: the same

    wanted = uharfbuzz.SubsetInput()
    wanted.sets(uharfbuzz.SubsetInputSets.UNICODE).set({ord(one) for one in set(text) if ord(one) >= FIRST_CARRIED})
    wanted.sets(uharfbuzz.SubsetInputSets.LAYOUT_FEATURE_TAG).clear()
    wanted.flags = uharfbuzz.SubsetFlags.NO_HINTING | uharfbuzz.SubsetFlags.DESUBROUTINIZE
    # HarfBuzz takes the glyphs in a hundredth of the time of fontTools, which packs them here.
    glyphs = uharfbuzz.subset(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path))), wanted)
    font, file = TTFont(io.BytesIO(glyphs.blob.data), recalcTimestamp=False), io.BytesIO()
    font.flavor = "woff"
    font.save(file)
    return f"data:font/woff;base64,{base64.b64encode(file.getvalue()).decode()}"
