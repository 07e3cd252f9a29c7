"""Profile lists and customer data lists: records of text values under typed columns, found fast by match column."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from cxr_tui.domain.responsys_data import MATCH_COLUMNS

_INDEXED = ("RIID_", *MATCH_COLUMNS)


def timestamp(moment: datetime) -> str:
    """Return a moment as a list holds it: `yyyy-mm-dd hh:mi:ss` (facts B.10; inferred), in UTC."""
    return moment.astimezone(UTC).isoformat(" ", "seconds").removesuffix("+00:00")


class UnknownColumnError(LookupError):
    """A value was given for a column that the list does not have; the text is the column's name."""


class ListTable:
    """One profile list or customer data list; values are text, the empty text stands for no value.

    Rows are kept as plain lists of values and indexes are built at the first question, so that a list of 100,000 people
    is made in a second or two and still answers look-ups at once.
    """

    def __init__(
        self, name: str, folder: str, columns: Sequence[tuple[str, str]], first_riid: int = 1_000_000_001
    ) -> None:
        self.name = name
        self.folder = folder
        self.columns: list[tuple[str, str]] = list(columns)
        self._place = {column: place for place, (column, _) in enumerate(self.columns)}
        self._next_riid = first_riid
        self._rows: dict[str, list[str]] = {}
        self._indexes: dict[str, dict[str, dict[str, None]]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def rows(self) -> Iterator[dict[str, str]]:
        """Yield every record by column name, in order of insertion; each is a copy."""
        names = tuple(self._place)
        for row in list(self._rows.values()):
            yield dict(zip(names, row, strict=True))

    def find(self, column: str, value: str) -> list[dict[str, str]]:
        """Return the records that hold `value` in `column`; the empty value finds none, email addresses ignore case.

        Indexed for RIID_ and the five match columns, read through for others; UnknownColumnError.
        """
        place = self._known(column)
        if not value:
            return []
        if column == "RIID_":
            riids: Sequence[str] = [value] if value in self._rows else []
        elif column in _INDEXED:
            riids = list(self._index(column).get(_index_key(column, value), ()))
        else:
            riids = [riid for riid, row in self._rows.items() if row[place] == value]
        names = tuple(self._place)
        return [dict(zip(names, self._rows[riid], strict=True)) for riid in riids]

    def insert(self, values: Mapping[str, str], now: datetime) -> str:
        """Add a record and return its RIID_; UnknownColumnError.

        RIID_ is always given by the list. EMAIL_DOMAIN_ and the hashes follow from the address where there is one.
        CREATED_DATE_ and MODIFIED_DATE_ are `now` unless `values` brings them.
        """
        riid = str(self._next_riid)
        self._next_riid += 1
        return self._add(riid, values, now)

    def restore(self, record: Mapping[str, str], now: datetime) -> None:
        """Put a deleted record back as it was, under its own RIID_: what a backup does and no load can."""
        self._add(record["RIID_"], record, now)

    def _add(self, riid: str, values: Mapping[str, str], now: datetime) -> str:
        places = {self._known(column): text for column, text in values.items()}
        row = [""] * len(self.columns)
        for place, text in places.items():
            row[place] = text
        self._put(row, "RIID_", riid)
        for column in ("CREATED_DATE_", "MODIFIED_DATE_"):
            if not values.get(column):
                self._put(row, column, timestamp(now))
        self._derive(row)
        self._rows[riid] = row
        for column in self._indexes:
            self._note(column, riid, row)
        return riid

    def update(self, riid: str, values: Mapping[str, str], now: datetime) -> None:
        """Overwrite the named columns of a record (never RIID_); KeyError for no such record, UnknownColumnError.

        MODIFIED_DATE_ becomes `now` unless `values` brings it; domain and hashes follow a new address.
        """
        row = self._rows[riid]
        places = {self._known(column): text for column, text in values.items() if column != "RIID_"}
        for column in self._indexes:
            self._forget(column, riid, row)
        for place, text in places.items():
            row[place] = text
        if not values.get("MODIFIED_DATE_"):
            self._put(row, "MODIFIED_DATE_", timestamp(now))
        if "EMAIL_ADDRESS_" in values:
            self._derive(row)
        for column in self._indexes:
            self._note(column, riid, row)

    def delete(self, riid: str) -> None:
        """Remove a record; KeyError for no such record."""
        row = self._rows.pop(riid)
        for column in self._indexes:
            self._forget(column, riid, row)

    def drop_column(self, column: str) -> None:
        """Take a column out of the schema, with its values; UnknownColumnError."""
        place = self._known(column)
        del self.columns[place]
        for row in self._rows.values():
            del row[place]
        self._place = {name: at for at, (name, _) in enumerate(self.columns)}
        self._indexes.clear()

    def add_column(self, column: str, kind: str, place: int) -> None:
        """Put a column into the schema at a place, empty in every record."""
        self.columns.insert(place, (column, kind))
        for row in self._rows.values():
            row.insert(place, "")
        self._place = {name: at for at, (name, _) in enumerate(self.columns)}
        self._indexes.clear()

    def retype(self, column: str, kind: str) -> str:
        """Give a column another type and return the one it had; UnknownColumnError."""
        place = self._known(column)
        before = self.columns[place][1]
        self.columns[place] = (column, kind)
        return before

    def _known(self, column: str) -> int:
        try:
            return self._place[column]
        except KeyError:
            raise UnknownColumnError(column) from None

    def _put(self, row: list[str], column: str, text: str) -> None:
        if column in self._place:
            row[self._place[column]] = text

    def _derive(self, row: list[str]) -> None:
        address = row[self._place["EMAIL_ADDRESS_"]].strip() if "EMAIL_ADDRESS_" in self._place else ""
        if address:
            for column, text in email_columns(address).items():
                self._put(row, column, text)

    def _index(self, column: str) -> dict[str, dict[str, None]]:
        if column not in self._indexes:
            self._indexes[column] = {}
            for riid, row in self._rows.items():
                self._note(column, riid, row)
        return self._indexes[column]

    def _note(self, column: str, riid: str, row: list[str]) -> None:
        if key := _index_key(column, row[self._place[column]]):
            self._indexes[column].setdefault(key, {})[riid] = None

    def _forget(self, column: str, riid: str, row: list[str]) -> None:
        key = _index_key(column, row[self._place[column]])
        if key in self._indexes[column]:
            self._indexes[column][key].pop(riid, None)


def email_columns(address: str) -> dict[str, str]:
    """Return the columns that follow from an email address: domain, and hashes of the lower-cased address."""
    lower = address.strip().lower()
    return {
        "EMAIL_DOMAIN_": lower.rpartition("@")[2],
        "EMAIL_MD5_HASH_": hashlib.md5(lower.encode(), usedforsecurity=False).hexdigest(),
        "EMAIL_SHA256_HASH_": hashlib.sha256(lower.encode()).hexdigest(),
    }


def _index_key(column: str, value: str) -> str:
    return value.strip().lower() if column.startswith("EMAIL_") else value
