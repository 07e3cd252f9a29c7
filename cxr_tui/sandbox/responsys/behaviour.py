"""What people did with the account's campaigns: made from the lists and a seed, so that it can be told again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cxr_tui.sandbox.lists import ListTable

_ONE_IN = 5
"""Every so many people were written to."""
_BEFORE = timedelta(days=3)
_WITHIN_MINUTES = 10 * 24 * 60
_STEPS = (("sent", 100), ("opened", 40), ("clicked", 10))
"""What happens to a message, and for how many of a hundred people it comes to that."""


@dataclass(frozen=True)
class Event:
    """One thing a person did with an email, an SMS or the mobile app of a campaign."""

    channel: str
    kind: str
    list_name: str
    riid: str
    at: datetime
    row: Mapping[str, str]
    """The person's record as it is now."""


class Behaviour:
    """Events of a few days around the sandbox's start; those still to come appear as time passes."""

    def __init__(self, seed: int, start: datetime) -> None:
        self._seed = seed
        self._start = start

    def events(self, tables: Mapping[str, ListTable], now: datetime) -> list[Event]:
        """Return everything that happened until now, in order."""
        found = [event for table in tables.values() for event in self._of_list(table) if event.at <= now]
        return sorted(found, key=lambda event: (event.at, event.list_name, event.riid, event.kind))

    def _of_list(self, table: ListTable) -> Iterator[Event]:
        for row in table.rows():
            dice = self._dice(table.name, row["RIID_"])
            channels = [channel for channel, column in _CHANNELS.items() if row.get(column)]
            if dice[0] % _ONE_IN or not channels:
                continue
            channel = channels[dice[1] % len(channels)]
            minute = int.from_bytes(dice[2:6], "big") % _WITHIN_MINUTES
            at = self._start - _BEFORE + timedelta(minutes=minute)
            for number, (kind, percent) in enumerate(_STEPS):
                if dice[6] % 100 >= percent:
                    break
                yield Event(channel, kind, table.name, row["RIID_"], at + timedelta(minutes=7 * number), row)

    def _dice(self, list_name: str, riid: str) -> bytes:
        return hashlib.sha256(f"{self._seed}/{list_name}/{riid}".encode()).digest()


_CHANNELS = {"Email": "EMAIL_ADDRESS_", "SMS": "MOBILE_NUMBER_", "Mobile App": "CUSTOMER_ID_"}
"""Channels of the integration (facts C.5; documented) and what a person needs to have for them."""
