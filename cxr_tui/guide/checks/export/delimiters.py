"""Field delimiters of exported files, and values that contain them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cxr_tui.domain.responsys_data import DELIMITERS


@dataclass
class DelimiterUse:
    """Where the values of sample records contain each delimiter."""

    records: int = 0
    columns: dict[str, dict[str, int]] = field(default_factory=dict)
    """By delimiter name: how many records contain it, by column."""
    holding: dict[str, int] = field(default_factory=dict)
    """By delimiter name: in how many records it occurs at all."""

    def free(self) -> list[str]:
        """Return the delimiters that occur in no value."""
        return [name for name in DELIMITERS if not self.holding.get(name)]


def delimiter_use(records: Iterable[Mapping[str, str]]) -> DelimiterUse:
    """Count, for every delimiter, the records and columns of a sample whose values contain it."""
    use = DelimiterUse()
    for record in records:
        use.records += 1
        for name, char in DELIMITERS.items():
            columns = [column for column, value in record.items() if char in value]
            if not columns:
                continue
            use.holding[name] = use.holding.get(name, 0) + 1
            counts = use.columns.setdefault(name, {})
            for column in columns:
                counts[column] = counts.get(column, 0) + 1
    return use
