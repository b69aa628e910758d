"""Rounding: half a fen goes up, and some numbers are kept with 24 bits."""

from __future__ import annotations

import math
import struct


def whole(amount: float) -> int:
    """Whole fen, half up."""
    return math.floor(amount + 0.5)


def single(number: float) -> float:
    """The nearest number of 24 bits, as loan rates, expected sales and pending activity are kept."""
    return float(struct.unpack("f", struct.pack("f", number))[0])
