"""Money is whole fen (int64), a month of a rate is a twelfth of a year; yuan are turned into fen and back here only."""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

FEN_PER_YUAN: Final = 100
MONTH_DAYS: Final = 365.25 / 12  # days of a month at activity 1
# Sums of money are int64. A total beyond this is refused before it can wrap round.
LARGEST_SUM_FEN: Final = 2**62


def fen(yuan: float | int | Decimal) -> int:
    """Whole fen of an amount in yuan, half to even.

    >>> fen(0.5)
    50
    """
    return int((Decimal(str(yuan)) * FEN_PER_YUAN).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def yuan(fen_amount: float | int) -> float:
    """Yuan of an amount in fen."""
    return float(fen_amount) / FEN_PER_YUAN
