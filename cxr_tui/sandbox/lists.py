"""Profile lists and customer data lists: records of text values under typed columns, each list a table in memory."""

from __future__ import annotations

import functools
import hashlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from cxr_tui.domain.responsys_data import MATCH_COLUMNS

_INDEXED = ("RIID_", *MATCH_COLUMNS)


def timestamp(moment: datetime) -> str:
    """Return a moment as a list holds it: `yyyy-mm-dd hh:mi:ss` (facts B.10; inferred), in UTC."""
    return moment.astimezone(UTC).isoformat(" ", "seconds").removesuffix("+00:00")


class ListTable:
    """One profile list or customer data list; values are text, the empty text stands for no value."""

    def __init__(
        self, name: str, folder: str, columns: Sequence[tuple[str, str]], first_riid: int = 1_000_000_001
    ) -> None:
        self.name = name
        self.folder = folder
        self.columns: list[tuple[str, str]] = list(columns)
        """Name and type, in the order of the schema; the table keeps the values of a column that is taken out of it."""
        self._next_riid = first_riid
        # a job may read the list in a thread
        self._db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._db.execute(f"CREATE TABLE list (key INTEGER PRIMARY KEY, {', '.join(_declared(c) for c, _ in columns)})")

    def __len__(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM list").fetchone()[0])

    def rows(self) -> Iterator[dict[str, str]]:
        """Yield every record by column name, in order of insertion; take a list of them before you change the table."""
        return self._select("")

    def find(self, column: str, value: str) -> list[dict[str, str]]:
        """Return the records that hold `value` in `column`; the empty value finds none, email addresses ignore case.

        Indexed for RIID_ and the five match columns.
        """
        if not value or column not in dict(self.columns):
            return []
        if column in _INDEXED:
            self._db.execute(f"CREATE INDEX IF NOT EXISTS {_quoted(f'by {column}')} ON list ({_quoted(column)})")
        value = value.strip() if column.startswith("EMAIL_") else value
        return list(self._select(f"WHERE {_quoted(column)} = ?", value))

    def insert(self, values: Mapping[str, str], now: datetime) -> str:
        """Add a record and return its RIID_, which the list gives unless the record comes from a backup.

        EMAIL_DOMAIN_ and the hashes follow from the address where there is one. CREATED_DATE_ and MODIFIED_DATE_ are
        `now` unless `values` brings them.
        """
        riid = values.get("RIID_") or str(self._next_riid)
        self._next_riid += 1
        filled = {column: text for column, text in values.items() if text}
        dates = dict.fromkeys(("CREATED_DATE_", "MODIFIED_DATE_"), timestamp(now))
        record = {**dates, **filled, **_email_columns(values), "RIID_": riid}
        names = tuple(name for name, _ in self.columns)
        self._db.execute(_insertion(names), (int(riid), *(record.get(name, "") for name in names)))
        return riid

    def update(self, riid: str, values: Mapping[str, str], now: datetime) -> None:
        """Overwrite the named columns of a record, never RIID_.

        MODIFIED_DATE_ becomes `now` unless `values` brings it; domain and hashes follow a new address.
        """
        changes = {**values, **_email_columns(values), "MODIFIED_DATE_": values.get("MODIFIED_DATE_") or timestamp(now)}
        known = [name for name, _ in self.columns if name in changes and name != "RIID_"]
        assigned = ", ".join(f"{_quoted(name)} = ?" for name in known)
        row = [changes[name] for name in known]
        statement = f"UPDATE list SET {assigned} WHERE key = ?"  # nosec B608  # noqa: S608 - names are quoted
        self._db.execute(statement, (*row, int(riid)))

    def add_column(self, column: str, kind: str) -> None:
        """Put a column at the end of the schema, empty in every record."""
        self.columns.append((column, kind))
        self._db.execute(f"ALTER TABLE list ADD COLUMN {_declared(column)}")

    def _select(self, where: str, *parameters: str) -> Iterator[dict[str, str]]:
        names = [name for name, _ in self.columns]
        columns = ", ".join(map(_quoted, names))
        statement = f"SELECT {columns} FROM list {where} ORDER BY key"  # nosec B608  # noqa: S608 - names are quoted
        for row in self._db.execute(statement, parameters):
            yield dict(zip(names, row, strict=True))


def _email_columns(values: Mapping[str, str]) -> dict[str, str]:
    """Return the columns that follow from an email address: domain, and hashes of the lower-cased address."""
    address = values.get("EMAIL_ADDRESS_", "").strip().lower()
    if not address:
        return {}
    return {
        "EMAIL_DOMAIN_": address.rpartition("@")[2],
        "EMAIL_MD5_HASH_": hashlib.md5(address.encode(), usedforsecurity=False).hexdigest(),
        "EMAIL_SHA256_HASH_": hashlib.sha256(address.encode()).hexdigest(),
    }


@functools.cache  # a list of 5,000 people is made at every start
def _insertion(names: tuple[str, ...]) -> str:
    columns, marks = ", ".join(map(_quoted, names)), ", ".join("?" * (len(names) + 1))
    return f"INSERT INTO list (key, {columns}) VALUES ({marks})"  # nosec B608  # noqa: S608 - names are quoted


def _declared(column: str) -> str:
    collation = " COLLATE NOCASE" if column.startswith("EMAIL_") else ""
    return f"{_quoted(column)} TEXT NOT NULL DEFAULT ''{collation}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
