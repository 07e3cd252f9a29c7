"""The people of the sandbox: made up from a seed, and the three lists in which the two products hold them."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from cxr_tui.domain.responsys_data import SYSTEM_COLUMNS
from cxr_tui.sandbox.lists import ListTable, timestamp
from cxr_tui.sandbox.names import (
    AGE_RANGES,
    CITIES,
    EMAIL_FORMATS,
    FIRST_NAMES,
    LAST_NAMES,
    LOYALTY_TIERS,
    MAIL_DOMAINS,
    PERMISSION_REASONS,
    STREETS,
)

SHARED_COLUMNS: tuple[tuple[str, str], ...] = (
    ("FIRST_NAME", "STR25"),
    ("LAST_NAME", "STR50"),
    ("LOYALTY_TIER", "STR25"),
    ("LIFETIME_VALUE", "NUMBER"),
)
"""Custom columns with the same properties on both sides: these are carried over."""

RESPONSYS_COLUMNS: tuple[tuple[str, str], ...] = (
    *SYSTEM_COLUMNS,
    ("FIRST_NAME", "STR25"),
    ("LAST_NAME", "STR50"),
    ("AGE_RANGE", "STR25"),
    ("LOYALTY_TIER", "STR25"),
    ("LIFETIME_VALUE", "NUMBER"),
)
"""AGE_RANGE is the example of a column that CX Audience does not have (Integrating with Responsys, step 4.8)."""

AUDIENCE_COLUMNS: tuple[tuple[str, str], ...] = (*SYSTEM_COLUMNS, *SHARED_COLUMNS)

ORDER_COLUMNS: tuple[tuple[str, str], ...] = (
    ("ORDER_ID", "STR25"),
    ("CUSTOMER_ID_", "STR255"),
    ("ORDER_DATE", "TIMESTAMP"),
    ("AMOUNT", "NUMBER"),
    ("ORDER_STATUS", "STR25"),
)

_FIRST_DAY = datetime(2019, 1, 1, 6, tzinfo=UTC)
_LONGEST_HISTORY = 4 * 365 * 86400
"""Seconds within which records were created; all dates are fixed, so that a seed gives the same lists on any day."""

_SHARES_EMAIL = 0.04
_FAMILY = 0.10
_NO_EMAIL = 0.04
_NO_MOBILE = 0.35
_NO_STREET = 0.08
_IN_LOYALTY = 0.20
_MOVED = 0.30
_IN_AUDIENCE = 0.60
_HAS_ORDERED = 0.25

_T = TypeVar("_T")


@dataclass(frozen=True)
class Population:
    """The lists as the sandbox starts with them; RIID_ differs between lists, as each gives its own."""

    customers: ListTable
    loyalty: ListTable
    customer_profiles: ListTable
    orders: ListTable
    """A supplemental table of Responsys; it stays there."""


def populate(people: int, seed: int, *, complete: bool = False) -> Population:
    """Make up `people` persons from `seed` and fill the lists.

    CUSTOMERS holds everybody. LOYALTY holds about a fifth again, some of whom have since moved. CUSTOMER_PROFILES (the
    list of CX Audience) holds about 60 % with older values. CUSTOMER_ID_ is always filled and unique; some families
    share an address; mobile numbers have gaps. No value contains a delimiter, a quote or a line break. With `complete`
    everybody has an address and a number of their own, so that any of the match columns serves.
    """
    rng = random.Random(seed)  # nosec B311  # noqa: S311 - made-up people, not secrets
    customers = ListTable("CUSTOMERS", "Lists", RESPONSYS_COLUMNS, first_riid=410_000_001)
    loyalty = ListTable("LOYALTY", "Lists", RESPONSYS_COLUMNS, first_riid=520_000_001)
    profiles = ListTable("CUSTOMER_PROFILES", "Lists", AUDIENCE_COLUMNS, first_riid=900_000_001)
    orders = ListTable("ORDERS", "Lists", ORDER_COLUMNS, first_riid=630_000_001)
    start = datetime.now(UTC)
    for record in _records(rng, people, complete=complete):
        customers.insert(record, start)
        if rng.random() < _IN_LOYALTY:
            loyalty.insert(_in_loyalty(rng, record), start)
        if rng.random() < _IN_AUDIENCE:
            profiles.insert(_in_audience(rng, record), start)
        if rng.random() < _HAS_ORDERED:
            orders.insert(_order(rng, record, len(orders) + 1), start)
    return Population(customers, loyalty, profiles, orders)


def _records(rng: random.Random, people: int, *, complete: bool) -> Iterator[dict[str, str]]:
    taken: dict[str, int] = {}
    previous: dict[str, str] = {}
    for number in range(1, people + 1):
        family = bool(previous) and rng.random() < _FAMILY
        record = _person(rng, number, without_mobile=0.0 if complete else _NO_MOBILE)
        if family:
            for column in ("LAST_NAME", "POSTAL_STREET_1_", "POSTAL_STREET_2_", "CITY_", "STATE_", "POSTAL_CODE_"):
                record[column] = previous[column]
        if family and not complete and rng.random() < _SHARES_EMAIL / _FAMILY:
            record["EMAIL_ADDRESS_"], record["EMAIL_ISP_"] = previous["EMAIL_ADDRESS_"], previous["EMAIL_ISP_"]
        elif complete or rng.random() >= _NO_EMAIL:
            record["EMAIL_ADDRESS_"], record["EMAIL_ISP_"] = _email(rng, record, taken)
        previous = record
        yield record


def _person(rng: random.Random, number: int, without_mobile: float) -> dict[str, str]:
    chance = rng.random
    city, state, postal, area = _pick(rng, CITIES)
    created = _FIRST_DAY + timedelta(seconds=int(chance() * _LONGEST_HISTORY))
    modified = created + timedelta(seconds=int(chance() * 365 * 86400))
    mobile = "" if chance() < without_mobile else f"1{area}555{number % 10000:04d}"
    street = "" if chance() < _NO_STREET else f"{1 + int(chance() * 980)} {_pick(rng, STREETS)}"
    return {
        "CREATED_SOURCE_IP_": f"198.51.100.{1 + int(chance() * 254)}",
        "CUSTOMER_ID_": f"C{number:07d}",
        "EMAIL_ADDRESS_": "",
        "EMAIL_ISP_": "",
        "EMAIL_FORMAT_": _pick(rng, EMAIL_FORMATS),
        "EMAIL_PERMISSION_STATUS_": "I" if chance() < 0.85 else "O",
        "EMAIL_DELIVERABILITY_STATUS_": "D" if chance() < 0.97 else "U",
        "EMAIL_PERMISSION_REASON_": _pick(rng, PERMISSION_REASONS),
        "MOBILE_NUMBER_": mobile,
        "MOBILE_COUNTRY_": "US" if mobile else "",
        "MOBILE_PERMISSION_STATUS_": "" if not mobile else "I" if chance() < 0.6 else "O",
        "MOBILE_DELIVERABILITY_STATUS_": "D" if mobile else "",
        "POSTAL_STREET_1_": street,
        "POSTAL_STREET_2_": f"Apt {1 + int(chance() * 40)}" if street and chance() < 0.2 else "",
        "CITY_": city,
        "STATE_": state,
        "POSTAL_CODE_": f"{postal}{int(chance() * 100):02d}",
        "COUNTRY_": "US",
        "POSTAL_PERMISSION_STATUS_": "I" if street else "",
        "POSTAL_DELIVERABILITY_STATUS_": "D" if street else "",
        "CREATED_DATE_": timestamp(created),
        "MODIFIED_DATE_": timestamp(modified),
        "FIRST_NAME": _pick(rng, FIRST_NAMES),
        "LAST_NAME": _pick(rng, LAST_NAMES),
        "AGE_RANGE": _pick(rng, AGE_RANGES) if chance() < 0.9 else "",
        "LOYALTY_TIER": _pick(rng, LOYALTY_TIERS) if chance() < 0.6 else "",
        "LIFETIME_VALUE": f"{chance() * chance() * 5000:.2f}",
    }


def _email(rng: random.Random, record: dict[str, str], taken: dict[str, int]) -> tuple[str, str]:
    domain, provider = _pick(rng, MAIL_DOMAINS)
    local = f"{_ascii(record['FIRST_NAME'])}.{_ascii(record['LAST_NAME'])}"
    address = f"{local}@{domain}"
    taken[address] = taken.get(address, 0) + 1
    return (address if taken[address] == 1 else f"{local}{taken[address]}@{domain}"), provider


def _in_loyalty(rng: random.Random, record: dict[str, str]) -> dict[str, str]:
    """Return the same person as the loyalty programme knows them: some have moved, and said so here last."""
    other = dict(record)
    if rng.random() < _MOVED:
        choice = [place for place in CITIES if place[0] != record["CITY_"]]
        city, state, postal, _ = _pick(rng, choice)
        other.update(CITY_=city, STATE_=state, POSTAL_CODE_=f"{postal}{int(rng.random() * 100):02d}")
        other["MODIFIED_DATE_"] = _later(record["MODIFIED_DATE_"], 1 + int(rng.random() * 120))
    other["LOYALTY_TIER"] = record["LOYALTY_TIER"] or "Bronze"
    return other


def _in_audience(rng: random.Random, record: dict[str, str]) -> dict[str, str]:
    """Return the same person as CX Audience knew them some time ago, without permissions, which stay in Responsys."""
    older = {
        column: text
        for column, text in record.items()
        if column != "AGE_RANGE" and "PERMISSION" not in column and "DELIVERABILITY" not in column
    }
    older["LIFETIME_VALUE"] = f"{float(record['LIFETIME_VALUE']) * rng.random():.2f}"
    if rng.random() < 0.25:
        older["LOYALTY_TIER"] = ""
    if rng.random() < 0.15:
        older["CITY_"], older["STATE_"], postal, _ = _pick(rng, CITIES)
        older["POSTAL_CODE_"] = f"{postal}{int(rng.random() * 100):02d}"
    older["MODIFIED_DATE_"] = record["CREATED_DATE_"]
    return older


def _order(rng: random.Random, record: dict[str, str], number: int) -> dict[str, str]:
    return {
        "ORDER_ID": f"O{number:07d}",
        "CUSTOMER_ID_": record["CUSTOMER_ID_"],
        "ORDER_DATE": _later(record["CREATED_DATE_"], 1 + int(rng.random() * 300)),
        "AMOUNT": f"{5 + rng.random() * 400:.2f}",
        "ORDER_STATUS": _pick(rng, ("Shipped", "Shipped", "Shipped", "Returned")),
    }


def _later(moment: str, days: int) -> str:
    return timestamp(datetime.fromisoformat(moment).replace(tzinfo=UTC) + timedelta(days=days))


_FOLDED: dict[str, str] = {}


def _ascii(name: str) -> str:
    if name not in _FOLDED:
        plain = unicodedata.normalize("NFKD", name.lower().replace("ł", "l").replace("ø", "o"))
        _FOLDED[name] = "".join(char for char in plain if char.isascii() and char.isalnum())
    return _FOLDED[name]


def _pick(rng: random.Random, choices: Sequence[_T]) -> _T:
    return choices[int(rng.random() * len(choices))]
