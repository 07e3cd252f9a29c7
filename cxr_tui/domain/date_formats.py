r"""The date formats of Connect, as patterns that match a whole value.

An account has one format for uploads and one for downloads, chosen from these (facts H; documented for Responsys,
inferred for CX Audience). The patterns have the same meaning in Python's `re.fullmatch` and in Polars, whose `\s`
differs; therefore blanks are listed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

BLANKS = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""All white space of Unicode, and the four separators."""

_YEAR = r"(?:[0-9]{3}[1-9]|[0-9]{2}[1-9][0-9]|[0-9][1-9][0-9]{2}|[1-9][0-9]{3})"
_LEAP_YEAR = r"(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)"
_SHORT_YEAR, _SHORT_LEAP_YEAR = r"[0-9]{2}", r"(?:[02468][048]|[13579][26])"
_DAY_TO_28, _DAY_TO_28_PADDED = r"(?:0[1-9]|1[0-9]|2[0-8]| ?[1-9])", r"(?:0[1-9]|1[0-9]|2[0-8])"
_NUMBERS = ("(?:0?[1-9]|1[0-2])", "(?:0?[13-9]|1[0-2])", "(?:0?[13578]|1[02])", "0?2")
"""Months: all, those with a 30th, those with a 31st, February."""
_PADDED = ("(?:0[1-9]|1[0-2])", "(?:0[13-9]|1[0-2])", "(?:0[13578]|1[02])", "02")
_NAMES = (
    "(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)",
    "(?i:jan|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)",
    "(?i:jan|mar|may|jul|aug|oct|dec)",
    "(?i:feb)",
)
_SECONDS = r"(?::[0-5]?[0-9])"
_TIME = r"(?:[01]?[0-9]|2[0-3]):[0-5]?[0-9]"
_TIME_OF_12 = r"(?:0?[1-9]|1[0-2]):[0-5]?[0-9]"
_HALF = "(?i:[ap]m)"


@dataclass(frozen=True)
class DateFormat:
    """A format of dates and times."""

    name: str
    """The product's name for it."""
    pattern: str
    """Matches a whole value with an existing date."""


def _date(order: str, months: tuple[str, str, str, str], *, short: bool = False, padded: bool = False) -> str:
    any_month, with_30th, with_31st, february = months
    year, leap_year = (_SHORT_YEAR, _SHORT_LEAP_YEAR) if short else (_YEAR, _LEAP_YEAR)
    ways = (
        (year, any_month, _DAY_TO_28_PADDED if padded else _DAY_TO_28),
        (year, with_30th, "(?:29|30)"),
        (year, with_31st, "31"),
        (leap_year, february, "29"),
    )
    return "(?:" + "|".join(order.format(y=y, m=m, d=d) for y, m, d in ways) + ")"


def _format(name: str) -> DateFormat:
    """Return the format for a name in the product's list."""
    date, _, time = name.partition(" ")
    order = re.sub("yyyy|RRRR|RR", "{y}", re.sub("MM|MON", "{m}", re.sub("(?i:dd)", "{d}", date)))
    padded = "-" not in date and "/" not in date
    months = _NAMES if "MON" in date else _PADDED if padded else _NUMBERS
    pattern = _date(order, months, short=date.endswith("-RR"), padded=padded)
    if time:
        half = "" if "HH24" in time else f"[{BLANKS}]+{_HALF}" if time.endswith(" AM") else _HALF
        seconds = _SECONDS if ":ss" in time else ""
        pattern += f"[{BLANKS}]+{_TIME_OF_12 if half else _TIME}{seconds}{half}"
    return DateFormat(name, pattern)


STANDARD = "yyyy-MM-dd HH24:mi:ss"
"""Standard_Long_NoMillis."""
MONTH_FIRST, DAY_FIRST = "MM/dd/RRRR HH24:mi:ss", "DD/MM/yyyy HH24:mi:ss"
"""A value can match both of these."""

DATE_FORMATS = tuple(
    map(
        _format,
        (
            STANDARD,
            "yyyy-MM-dd HH24:mi",
            "yyyy-MM-dd HH:mi AM",
            "yyyy-MM-dd HH:mi:ss AM",
            "yyyyMMdd HH24:mi:ss",
            "MM/dd/yyyy HH:mi:ss AM",
            "yyyy/MM/dd HH24:mi:ss",
            "MM/dd/yyyy HH:miAM",
            MONTH_FIRST,
            "MM/dd/yyyy HH24:mi",
            "MM-dd-yyyy HH:mi:ss AM",
            "MM-dd-yyyy HH:miAM",
            "MM-dd-yyyy HH24:mi",
            "dd-MON-yyyy HH:mi:ss AM",
            "dd-MON-RRRR HH24:mi:ss",
            "dd-MON-RRRR HH:mi AM",
            "dd-MON-RR HH24:mi:ss",
            "dd-MON-RR HH:mi AM",
            DAY_FIRST,
        ),
    )
)
"""The 20 formats of Connect; two of them are the same (`yyyy/MM/dd HH24:mi:ss`; facts H; documented)."""

OTHER_FORMATS = (
    _format("yyyy-MM-dd"),
    DateFormat("yyyy-MM-ddTHH24:mi:ss", f"{_date('{y}-{m}-{d}', _NUMBERS)}[Tt]{_TIME}{_SECONDS}"),
)
"""A date without a time, and ISO 8601: not listed, but accepted (facts B.10; inferred)."""
