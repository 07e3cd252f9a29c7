"""The date formats that the values of a column are in, counted while the column is judged."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from cxr_tui.domain.date_formats import DATE_FORMATS, DAY_FIRST, MONTH_FIRST, OTHER_FORMATS
from cxr_tui.preflight.reading.engine import pl

_PATTERNS = {one.name: one.pattern for one in (*DATE_FORMATS, *OTHER_FORMATS)}
_EITHER = (MONTH_FIRST, DAY_FIRST)
_FAMILIES: dict[tuple[str, ...], str] = {
    **{(name,): pattern for name, pattern in _PATTERNS.items() if name not in _EITHER},
    _EITHER: "|".join(_PATTERNS[name] for name in _EITHER),
}
"""Formats of which a value fits only one, and the two of which it may fit both."""


@dataclass
class DateColumn:
    """One column of dates."""

    counts: Counter[tuple[str, ...]] = field(default_factory=Counter)
    """Number of values by the formats that they fit: one, or the two that differ in day and month alone."""
    first_line: dict[tuple[str, ...], int] = field(default_factory=dict)

    def judge(self, values: pl.Series, lines: pl.Series) -> pl.Series:
        """Return which values fit a format or are empty, and count them."""
        unread = (values != "").arg_true()  # fewer with every format, so that odd values cost little
        for names in sorted(_FAMILIES, key=lambda names: -sum(self.counts[one] for one in (names, *zip(names)))):
            if not len(unread):
                break
            texts = values.gather(unread)
            found = texts.str.contains(f"^(?:{_FAMILIES[names]})$")
            if names != _EITHER:
                self._count(names, unread.filter(found), lines)
            elif found.any():
                month_first, day_first = (texts.str.contains(f"^(?:{_PATTERNS[name]})$") for name in _EITHER)
                self._count(_EITHER, unread.filter(month_first & day_first), lines)
                self._count((MONTH_FIRST,), unread.filter(month_first & ~day_first), lines)
                self._count((DAY_FIRST,), unread.filter(day_first & ~month_first), lines)
            unread = unread.filter(~found)
        return pl.repeat(True, len(values), eager=True).scatter(unread, False)

    def formats(self) -> tuple[tuple[str, ...], ...]:
        """Return the formats of the column, the most frequent first.

        Values that fit two count with the one of them that other values fit alone, where that is only one.
        """
        found = [names for names, _ in self.counts.most_common()]
        alone = [names for names in found if len(names) == 1 and names[0] in _EITHER]
        return tuple(names for names in found if names != _EITHER or len(alone) != 1)

    def _count(self, names: tuple[str, ...], found: pl.Series, lines: pl.Series) -> None:
        if len(found):
            self.counts[names] += len(found)
            self.first_line.setdefault(names, lines[found[0]])
