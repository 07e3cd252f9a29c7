"""The people of the sandbox, invented from a seed, and the lists in which the two products hold them."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cxr_tui.domain.responsys_data import SYSTEM_COLUMNS
from cxr_tui.sandbox.lists import ListTable, timestamp

SHARED_COLUMNS: tuple[tuple[str, str], ...] = (
    ("FIRST_NAME", "STR25"),
    ("LAST_NAME", "STR50"),
    ("LOYALTY_TIER", "STR25"),
    ("LIFETIME_VALUE", "NUMBER"),
)
"""Custom columns with the same properties on both sides: these are carried over."""

AUDIENCE_COLUMNS = (*SYSTEM_COLUMNS, *SHARED_COLUMNS)
RESPONSYS_COLUMNS = (*SYSTEM_COLUMNS, *SHARED_COLUMNS[:2], ("AGE_RANGE", "STR25"), *SHARED_COLUMNS[2:])
"""AGE_RANGE is the example of a column that CX Audience does not have (Integrating with Responsys, step 4.8)."""

_FIRST_DAY = datetime(2019, 1, 1, 6, tzinfo=UTC)
"""All dates are fixed, so that a seed gives the same lists on any day."""
_SHARES_EMAIL = 0.04
_NO_EMAIL = 0.04
_NO_MOBILE = 0.35
_IN_LOYALTY = 0.20
_IN_AUDIENCE = 0.60

FIRST_NAMES = (
    "Ada", "Aisha", "Amir", "Chen", "Chloé", "Diego", "Elena", "Fatima", "Grace", "Haruto", "Imani", "João", "José",
    "Kofi", "Lin", "Maria", "Mei", "Noah", "Olga", "Priya", "Renée", "Samir", "Thomas", "Zoë",
)  # fmt: skip
LAST_NAMES = (
    "Ahmed", "Bennett", "Bianchi", "Carter", "Delgado", "Evans", "Fischer", "Garcia", "Haddad", "Ito", "Johnson",
    "Khan", "Kowalski", "Lindgren", "Moreau", "Müller", "Nguyen", "Núñez", "Okafor", "Patel", "Rossi", "Smith", "Yang",
)  # fmt: skip
CITIES = (
    ("New York", "NY", "100", "212"), ("Boston", "MA", "021", "617"), ("Atlanta", "GA", "303", "404"),
    ("Chicago", "IL", "606", "312"), ("Austin", "TX", "787", "512"), ("Denver", "CO", "802", "303"),
    ("Seattle", "WA", "981", "206"), ("Honolulu", "HI", "968", "808"),
)  # fmt: skip
"""City, state, first three digits of the postal code, telephone area."""
MAIL_DOMAINS = ("example.com", "mail.example.net", "example.org")
"""Reserved for documentation, so that no made-up person has a real mailbox."""


@dataclass(frozen=True)
class Population:
    """The lists as the sandbox starts with them; RIID_ differs between lists, as each gives its own."""

    customers: ListTable
    loyalty: ListTable
    customer_profiles: ListTable


def populate(people: int, seed: int) -> Population:
    """Make up `people` persons from `seed` and fill the lists.

    CUSTOMERS holds everybody, LOYALTY about a fifth of them. CUSTOMER_PROFILES (the list of CX Audience) holds about
    60 % with older values. CUSTOMER_ID_ is always filled and unique; some people share an address; mobile numbers have
    gaps. No value contains a delimiter, a quote or a line break.
    """
    rng = random.Random(seed)  # nosec B311  # noqa: S311 - made-up people, not secrets
    customers = ListTable("CUSTOMERS", "Lists", RESPONSYS_COLUMNS, first_riid=410_000_001)
    loyalty = ListTable("LOYALTY", "Lists", RESPONSYS_COLUMNS, first_riid=520_000_001)
    profiles = ListTable("CUSTOMER_PROFILES", "Lists", AUDIENCE_COLUMNS, first_riid=900_000_001)
    for record in _records(rng, people):
        customers.insert(record, _FIRST_DAY)
        if rng.random() < _IN_LOYALTY:
            loyalty.insert(record, _FIRST_DAY)
        if rng.random() < _IN_AUDIENCE:
            profiles.insert(_in_audience(record), _FIRST_DAY)
    return Population(customers, loyalty, profiles)


def _records(rng: random.Random, people: int) -> Iterator[dict[str, str]]:
    address = ""
    for number in range(1, people + 1):
        record = _person(rng, number)
        if not address or rng.random() >= _SHARES_EMAIL:
            names = f"{record['FIRST_NAME']}.{record['LAST_NAME']}{number}".lower()
            plain = unicodedata.normalize("NFKD", names).encode("ascii", "ignore").decode()
            address = f"{plain}@{MAIL_DOMAINS[number % len(MAIL_DOMAINS)]}"
        record["EMAIL_ADDRESS_"] = address if rng.random() >= _NO_EMAIL else ""
        yield record


def _person(rng: random.Random, number: int) -> dict[str, str]:
    city, state, postal, area = rng.choice(CITIES)
    created = _FIRST_DAY + timedelta(minutes=rng.randrange(4 * 365 * 1440))
    mobile = "" if rng.random() < _NO_MOBILE else f"1{area}555{number % 10000:04d}"
    return {
        "CUSTOMER_ID_": f"C{number:07d}",
        "EMAIL_FORMAT_": rng.choice("HHHHT"),
        "EMAIL_PERMISSION_STATUS_": rng.choice("IIIIO"),
        "EMAIL_DELIVERABILITY_STATUS_": "D",
        "MOBILE_NUMBER_": mobile,
        "MOBILE_COUNTRY_": "US" if mobile else "",
        "MOBILE_PERMISSION_STATUS_": rng.choice("IO") if mobile else "",
        "MOBILE_DELIVERABILITY_STATUS_": "D" if mobile else "",
        "POSTAL_STREET_1_": f"{rng.randrange(1, 980)} Main Street",
        "CITY_": city,
        "STATE_": state,
        "POSTAL_CODE_": f"{postal}{rng.randrange(100):02d}",
        "COUNTRY_": "US",
        "CREATED_DATE_": timestamp(created),
        "MODIFIED_DATE_": timestamp(created + timedelta(days=rng.randrange(1, 365))),
        "FIRST_NAME": rng.choice(FIRST_NAMES),
        "LAST_NAME": rng.choice(LAST_NAMES),
        "AGE_RANGE": rng.choice(("18-34", "35-54", "55+", "")),
        "LOYALTY_TIER": rng.choice(("Bronze", "Silver", "Gold", "")),
        "LIFETIME_VALUE": f"{rng.random() * 5000:.2f}",
    }


def _in_audience(record: dict[str, str]) -> dict[str, str]:
    """Return the same person as CX Audience knew them some time ago, without permissions, which stay in Responsys."""
    older = {name: text for name, text in record.items() if not ("PERMISSION" in name or "DELIVERABILITY" in name)}
    del older["AGE_RANGE"]
    return {**older, "LOYALTY_TIER": "", "MODIFIED_DATE_": record["CREATED_DATE_"]}
