"""Numbers as people of either language write them: shares, percentage points, money, counts, days.

Babel writes the figures, by what the Unicode CLDR says of each language; the catalogue has the words around them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from math import isfinite, isinf, isnan, nan
from typing import Any, Final

from sim.measure import Words
from sim.report.words.catalogue import LANGUAGES, Language, both
from sim.report.words.figures import Figure, figure, in_each
from sim.study.statistics.estimate import Estimate

FEN_PER_YI = 10**10  # 1 yi (hundred million) yuan
FEN_PER_MILLION = 10**8
FEN_PER_WAN = 10**6  # 1 wan (ten thousand) yuan
FEN_PER_LARGE_UNIT: Final = {"zh": 10**10, "en": 10**11}  # the unit of `unit.large_money`: yi yuan, bn yuan


def share(value: float) -> Words:
    """A share as a percentage: ``0.953`` is 95.3 %."""
    return _missing(value) or figure(both("unit.share", number=_number(value * 100, 1)), value, "share")


def points(value: float) -> Words:
    """A difference of shares in signed percentage points; two decimals, because single measures move little."""
    return _missing(value) or figure(both("unit.points", number=_number(value * 100, 2, sign=True)), value, "points")


def relative(value: float) -> Words:
    """A relative change as a signed percentage: ``0.012`` is +1.20 %."""
    return _missing(value) or figure(both("unit.share", number=_number(value * 100, 2, sign=True)), value, "relative")


def money(fen: float) -> Words:
    """Fen as yuan, wan or yi in Chinese and as yuan, million or billion yuan in English."""
    if missing := _missing(fen):
        return missing
    size = abs(fen)
    if size >= FEN_PER_YI:
        zh, en = both("unit.large_money", number=_scaled(fen / FEN_PER_YI)), _english_money(fen)
    elif size >= FEN_PER_WAN:
        zh, en = both("unit.medium_money", number=_scaled(fen / FEN_PER_WAN)), _english_money(fen)
    else:
        zh = both("unit.yuan", number=_number(_rounded(fen / 100), 0))
        en = zh
    return figure(Words(zh=zh.zh, en=en.en), fen, "fen")


def whole_yuan(yuan: float) -> Words:
    """An amount that somebody has named, in yuan, as it is."""
    return figure(both("unit.yuan", number=_number(yuan, 0)), yuan * 100, "fen")


def million_yuan(fen: float) -> Words:
    """Fen without their unit: hundredths of a yi (hundred million) yuan in Chinese, million yuan in English."""
    if missing := _missing(fen):
        return missing
    told = {"zh": fen / FEN_PER_YI, "en": fen / FEN_PER_MILLION}
    said = Words(zh=_number(told["zh"], 2).zh, en=_number(told["en"], 0).en)
    return in_each(said, {lang: (number, nan, nan) for lang, number in told.items()})


def entities(value: float) -> Words:
    """A number of firms."""
    return _count(value, "entities")


def persons(value: float) -> Words:
    """A number of people."""
    return _count(value, "persons")


def days(value: float) -> Words:
    """A number of days."""
    return _missing(value) or figure(both("unit.days", number=_scaled(value)), value, "days")


def plain_points(value: float) -> Words:
    """The same without the unit, for a column whose heading names it."""
    return _missing(value) or figure(_number(value * 100, 2, sign=True), value, "points")


def plain_share(value: float) -> Words:
    """A share in percent without the sign, for a column whose heading has it."""
    return _missing(value) or _number(value * 100, 1)


def plain_count(value: float) -> Words:
    """A whole number without a unit."""
    return _missing(value) or figure(_number(value, 0), value, "")


def interval(low: float, high: float, written: Callable[[float], Words]) -> Words:
    """From low to high, missing when either is; without any width it is said that nothing varied."""
    if missing := _missing(low) or _missing(high):
        return missing
    if low == high:
        return both("unit.every_time")
    first, last = written(low), written(high)
    return both("unit.interval", low=Words(zh=_bare(first.zh, last.zh), en=_bare(first.en, last.en)), high=last)


def in_unit(value: float, unit: str) -> Words:
    """A value in a unit of ``TABLES['outcomes']``."""
    return {"share": share, "entities": entities, "persons": persons, "fen": money, "days": days}.get(unit, _plain)(
        value
    )


def interval_in_unit(low: float, high: float, unit: str) -> Words:
    """From low to high in a unit of ``TABLES['outcomes']``."""
    return interval(low, high, lambda value: in_unit(value, unit))


def difference_interval_in_unit(low: float, high: float, unit: str) -> Words:
    """The same for a difference."""
    return interval(low, high, lambda value: difference_in_unit(value, unit))


def difference_in_unit(value: float, unit: str) -> Words:
    """A difference between two values in a unit of ``TABLES['outcomes']``, or ``relative``: a share of the one."""
    if unit in ("share", "relative"):
        return points(value) if unit == "share" else relative(value)
    plain = in_unit(value, unit)
    return figure(Words(zh=f"+{plain.zh}", en=f"+{plain.en}"), value, unit_of(plain)) if value > 0 else plain


def with_interval(mean: float, low: float, high: float, written: Callable[[float], Words]) -> Words:
    """A mean, and its interval in brackets where there is one."""
    said, between = written(mean), interval(low, high, written)
    if isnan(low) or isnan(high):
        return said
    return figure(both("unit.with_interval", mean=said, interval=between), mean, unit_of(said), low, high)


def plus_minus(mean: float, low: float, high: float, unit: str) -> Words:
    """A difference and half its interval, the unit said once; the difference alone where there is no interval.

    An interval whose sides are not about alike is told by its ends.
    """
    said = difference_in_unit(mean, unit)
    if isnan(high):
        return said
    below, above = mean - low, high - mean
    half = width_in_unit(max(below, above), unit)
    if not are_alike(below, above):
        return with_interval(mean, low, high, lambda value: difference_in_unit(value, unit))
    told = Words(zh=f"{_bare(said.zh, half.zh)} ± {half.zh}", en=f"{_bare(said.en, half.en)} ± {half.en}")
    return figure(told, mean, unit_of(said), low, high)


def bare_plus_minus(found: Estimate | None, scale: float, decimals: int) -> Words:
    """Mean and half of the interval, its wider side, without a unit; what rounds to nothing carries no sign."""
    if found is None or isnan(found.mean):
        return both("unit.missing")
    mean = figure(_number(found.mean * scale, decimals, sign=True), found.mean * scale, "")
    if isnan(found.low):
        return mean
    half = Decimal(float(max(found.high - found.mean, found.mean - found.low) * scale))
    zh, en = (_pattern(decimals, False, lang)(half) for lang in LANGUAGES)
    told = Words(zh=f"{mean.zh} ± {zh}", en=f"{mean.en} ± {en}")
    return figure(told, found.mean * scale, "", found.low * scale, found.high * scale)


def bare_interval(low: float, high: float) -> Words | None:
    """An interval of whole numbers without a unit, written alike in both languages; None where there is none."""
    if isnan(low) or isnan(high) or low == high:
        return None
    first, last = _number(low, 0), _number(high, 0)
    return Words(zh=f"{first.zh} – {last.zh}", en=f"{first.en} – {last.en}")


def ratio(found: Estimate) -> Words:
    """A ratio of two estimates with its interval; an end that there is not is a dash."""
    if isnan(found.mean):
        return both("unit.missing")

    mean = three_digits(found.mean)
    if isnan(found.low):
        return mean
    between = both("unit.interval", low=three_digits(found.low), high=three_digits(found.high))
    return figure(both("attribute.estimate", value=mean, interval=between), found.mean, "", found.low, found.high)


def three_digits(value: float) -> Words:
    """A number of which three digits count, and no more are written; without end it is a sign."""
    if abs(value) >= 100 and not isinf(value):
        return figure(_number(_rounded(value), 0), value, "")
    written = ("∞" if isinf(value) else f"{abs(value):.3g}").join(("−" if value < 0 else "", ""))
    return figure(Words(zh=written, en=written), value, "")


def are_alike(below: float, above: float) -> bool:
    """Whether the sides of an interval can be told as one half-width: they differ by less than a fiftieth of it."""
    return abs(above - below) <= max(above, below) / 50


def width_in_unit(value: float, unit: str) -> Words:
    """A width: of shares in percentage points, without a sign."""
    said = difference_in_unit(value, unit)
    return figure(Words(zh=said.zh.removeprefix("+"), en=said.en.removeprefix("+")), value, unit_of(said))


def unit_of(said: Words) -> str:
    """The unit of what is a figure, empty for other words."""
    return said.en.unit if isinstance(said.en, Figure) else ""


def finite(value: Any) -> Any:
    """A value as JSON can hold it: what is not finite is missing, NumPy's numbers are plain ones."""
    if isinstance(value, Mapping):
        return {key: finite(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [finite(entry) for entry in value]
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not isfinite(value) else value


def _bare(first: str, last: str) -> str:
    """The first of two numbers without its unit, when the second has the same."""
    unit = first.lstrip("+−0123456789.,")
    return first.removesuffix(unit) if last.lstrip("+−0123456789.,") == unit else first


def _english_money(fen: float) -> Words:
    if abs(fen) >= 10**11:
        return both("unit.large_money", number=_scaled(fen / 10**11))
    if abs(fen) >= 10**8:
        return both("unit.medium_money", number=_scaled(fen / 10**8))
    return both("unit.yuan", number=_number(_rounded(fen / 100), 0))


def _rounded(value: float) -> float:
    """Rounded to three digits that count; the rest is not known anyway."""
    return float(f"{value:.3g}")


def _count(value: float, unit: str) -> Words:
    if missing := _missing(value):
        return missing
    plain = both(f"unit.{unit}", number=_number(value, 0))
    if abs(value) >= 10**4:
        plain = Words(zh=both(f"unit.ten_thousand_{unit}", number=_scaled(value / 10**4)).zh, en=plain.en)
    return figure(plain, value, unit)


def _plain(value: float) -> Words:
    return _missing(value) or figure(_scaled(value), value, "")


def _scaled(value: float) -> Words:
    """About three digits that count."""
    return _number(value, 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2)


def _number(value: float, decimals: int, sign: bool = False) -> Words:
    """Grouped by thousands, with a real minus sign; what rounds to nothing carries no sign."""
    return Words(zh=_figure(value, decimals, sign, "zh"), en=_figure(value, decimals, sign, "en"))


def _figure(value: float, decimals: int, sign: bool, lang: Language) -> str:
    if not value:
        return "0"
    exact = Decimal(float(value))  # the very number: a float's shortest text may round the other way
    written = _pattern(decimals, sign, lang)(exact)
    return written if written.strip("+−0.,") else written.lstrip("+−")


@cache
def _pattern(decimals: int, sign: bool, lang: Language) -> Callable[[Decimal], str]:
    """How numbers with so many decimals are written in a language."""
    from babel import Locale  # here: help is printed before any number is
    from babel.numbers import parse_pattern

    digits = "#,##0." + "0" * decimals if decimals else "#,##0"
    pattern, locale = parse_pattern(f"{'+' if sign else ''}{digits};−{digits}"), Locale.parse(lang)
    return lambda number: str(pattern.apply(number, locale))


def _missing(value: float) -> Words | None:
    return figure(both("unit.missing"), nan, "") if value is None or isnan(value) else None
