"""Counts the date formats of a column while it is validated."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import polars as pl

from cxr_tui.domain.date_formats import DATE_FORMATS, DAY_FIRST, MONTH_FIRST, OTHER_FORMATS

_PATTERNS = {one.name: one.pattern for one in (*DATE_FORMATS, *OTHER_FORMATS)}
_EITHER = (MONTH_FIRST, DAY_FIRST)
_FAMILIES: dict[tuple[str, ...], str] = {
    **{(name,): pattern for name, pattern in _PATTERNS.items() if name not in _EITHER},
    _EITHER: "|".join(_PATTERNS[name] for name in _EITHER),
}
"""Formats that exclude each other; a value may fit both of the last two."""
_ANY = "|".join(_FAMILIES.values())


@dataclass
class DateColumn:
    """One column of dates."""

    counts: Counter[tuple[str, ...]] = field(default_factory=Counter)
    """Number of values by the formats that they fit: one format, or the two that only swap day and month."""
    first_line: dict[tuple[str, ...], int] = field(default_factory=dict)

    def validate(self, values: pl.Series, lines: pl.Series) -> pl.Series:
        """Return which values fit a format or are empty, and count them; the lines are in order."""
        usual, *others = sorted(_FAMILIES, key=lambda names: -sum(self.counts[one] for one in (names, *zip(names))))
        fits = (values == "") | self._matched(usual, values, lines)
        texts, lines_left = values.filter(~fits), lines.filter(~fits)
        any_format = texts.str.contains(f"^(?:{_ANY})$")  # most of the others are in no format at all
        texts, lines_left = texts.filter(any_format), lines_left.filter(any_format)
        fits = fits.scatter(lines.search_sorted(lines_left), True)
        for names in others:
            if not len(texts):
                break
            found = self._matched(names, texts, lines_left)
            texts, lines_left = texts.filter(~found), lines_left.filter(~found)
        return fits

    def formats(self) -> tuple[tuple[str, ...], ...]:
        """Return the formats of the column, the most frequent first.

        Values that fit two formats count with the one that other values fit alone, if there is only one such format.
        """
        found = [names for names, _ in self.counts.most_common()]
        alone = [names for names in found if len(names) == 1 and names[0] in _EITHER]
        return tuple(names for names in found if names != _EITHER or len(alone) != 1)

    def _matched(self, names: tuple[str, ...], values: pl.Series, lines: pl.Series) -> pl.Series:
        """Return which values fit these formats, and count them."""
        found = values.str.contains(f"^(?:{_FAMILIES[names]})$")
        if names != _EITHER:
            self._count(names, found, lines)
        elif found.any():
            month_first, day_first = (values.str.contains(f"^(?:{_PATTERNS[name]})$") for name in _EITHER)
            self._count(_EITHER, month_first & day_first, lines)
            self._count((MONTH_FIRST,), month_first & ~day_first, lines)
            self._count((DAY_FIRST,), day_first & ~month_first, lines)
        return found

    def _count(self, names: tuple[str, ...], found: pl.Series, lines: pl.Series) -> None:
        if len(fitting := lines.filter(found)):
            self.counts[names] += len(fitting)
            self.first_line.setdefault(names, fitting[0])
