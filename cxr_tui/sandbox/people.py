"""The people of the sandbox, invented from a seed, and the lists in which the two products hold them."""

from __future__ import annotations

import functools
import itertools
import random
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from cxr_tui.domain.responsys_data import SYSTEM_COLUMNS
from cxr_tui.sandbox.lists import ListTable, timestamp

SHARED_COLUMNS: tuple[tuple[str, str], ...] = (
    ("FIRST_NAME", "STR25"),
    ("LAST_NAME", "STR50"),
    ("LOYALTY_TIER", "STR25"),
    ("LIFETIME_VALUE", "NUMBER"),
)
"""Custom columns with the same properties on both sides: these are carried over."""

RESPONSYS_COLUMNS: tuple[tuple[str, str], ...] = (
    *SYSTEM_COLUMNS,
    *SHARED_COLUMNS[:2],
    ("AGE_RANGE", "STR25"),
    *SHARED_COLUMNS[2:],
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


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIRST_NAMES = _words(
    "Ada Aaron Abigail Adam Aisha Alan Alice Amara Amir Ana Andrew Angela Anika Anton Ariana Arthur Beatriz Ben "
    "Brenda Brian Camille Carla Carlos Carmen Cecilia Chen Chloé Clara Daniel Daria David Deborah Diego Dmitri "
    "Edith Elena Eli Elias Emma Erik Esther Ethan Eva Fatima Felix Fiona Frank Gabriel Grace Gregory Hannah Haruto "
    "Helen Henry Hugo Ian Imani Ines Isaac Isabel Ivan Jack Jane Javier Jean Jin Joan João Joel José Julia Kai "
    "Karen Kenji Kofi Laura Lars Leah Leo Lin Linda Lucas Łukasz Maria Marco Maya Mei Michael Mina Mohammed Nadia "
    "Naomi Nathan Nina Noah Nora Oliver Olga Omar Oscar Paula Peter Priya Quentin Rachel Rafael Ravi Rebecca Renée "
    "Robert Rosa Ruth Samir Samuel Sara Sean Siobhan Sofia Soren Stefan Susan Tamara Tariq Theo Thomas Uma "
    "Valentina Vera Victor Wei Wendy William Xavier Yara Yusuf Zara Zoë"
)

LAST_NAMES = _words(
    "Abbott Ahmed Allen Andersson Baker Barnes Becker Bell Bennett Berg Bianchi Boateng Brooks Brown Bryant "
    "Campbell Carter Castro Chapman Chavez Chen Clark Coleman Collins Cooper Costa Cruz Dahl Davies Davis Delgado "
    "Diaz Dubois Edwards Eriksen Evans Farah Fernandez Fischer Flores Foster Fournier Fox Garcia Gibson Gomez "
    "Gonzalez Graham Grant Green Gupta Haddad Hall Hansen Harris Hayes Henderson Hernandez Hill Hoffman Howard "
    "Hughes Hussain Ibrahim Ito Jackson James Jensen Jimenez Johnson Jones Kaplan Kaur Keller Kelly Kennedy Khan "
    "Kim King Klein Kowalski Kumar Larsen Lee Lehmann Lewis Li Lindgren Lopez Martin Martinez Mason Mbeki Mendoza "
    "Meyer Miller Mitchell Moore Morales Morgan Moreau Morris Müller Murphy Murray Nakamura Nelson Nguyen Nielsen "
    "Novak Nowak Núñez Okafor Oliveira Olsen Ortiz Owens Parker Patel Perez Perry Peterson Petrov Phillips Popescu "
    "Powell Price Ramirez Ramos Reed Reyes Reynolds Richter Rivera Roberts Rojas Rossi Russo Ryan Sanchez Santos "
    "Sato Schmidt Schneider Schwartz Scott Shah Sharma Silva Simmons Singh Smith Sokolov Sørensen Stewart Suzuki "
    "Tanaka Taylor Thomas Thompson Torres Tran Turner Vargas Vasquez Vega Walker Wallace Wang Ward Watson Weber "
    "Weiss White Williams Wilson Wong Wood Wright Yang Yilmaz Young Zhang Zimmermann"
)

STREETS: tuple[str, ...] = (
    "Main Street", "Oak Avenue", "Maple Street", "Cedar Lane", "Pine Street", "Elm Street", "Washington Avenue",
    "Lake Drive", "Hill Road", "Park Avenue", "Church Street", "Spring Street", "River Road", "Sunset Boulevard",
    "Lincoln Avenue", "Highland Avenue", "Mill Road", "Franklin Street", "Chestnut Street", "Walnut Street",
    "Meadow Lane", "Forest Drive", "Jackson Street", "Center Street", "Union Street", "Prospect Avenue", "Court Street",
    "Ridge Road", "Valley View Drive", "Harbor Way", "Orchard Lane", "Station Road", "Bridge Street", "Grove Street",
)  # fmt: skip

CITIES: tuple[tuple[str, str, str, str], ...] = (
    ("New York", "NY", "100", "212"), ("Buffalo", "NY", "142", "716"), ("Albany", "NY", "122", "518"),
    ("Boston", "MA", "021", "617"), ("Worcester", "MA", "016", "508"), ("Providence", "RI", "029", "401"),
    ("Hartford", "CT", "061", "860"), ("Newark", "NJ", "071", "973"), ("Philadelphia", "PA", "191", "215"),
    ("Pittsburgh", "PA", "152", "412"), ("Baltimore", "MD", "212", "410"), ("Richmond", "VA", "232", "804"),
    ("Raleigh", "NC", "276", "919"), ("Charlotte", "NC", "282", "704"), ("Atlanta", "GA", "303", "404"),
    ("Savannah", "GA", "314", "912"), ("Miami", "FL", "331", "305"), ("Tampa", "FL", "336", "813"),
    ("Nashville", "TN", "372", "615"), ("Memphis", "TN", "381", "901"), ("Columbus", "OH", "432", "614"),
    ("Cleveland", "OH", "441", "216"), ("Detroit", "MI", "482", "313"), ("Chicago", "IL", "606", "312"),
    ("Milwaukee", "WI", "532", "414"), ("Minneapolis", "MN", "554", "612"), ("St Louis", "MO", "631", "314"),
    ("Kansas City", "MO", "641", "816"), ("New Orleans", "LA", "701", "504"), ("Dallas", "TX", "752", "214"),
    ("Houston", "TX", "770", "713"), ("Austin", "TX", "787", "512"), ("Denver", "CO", "802", "303"),
    ("Boise", "ID", "837", "208"), ("Salt Lake City", "UT", "841", "801"), ("Phoenix", "AZ", "850", "602"),
    ("Albuquerque", "NM", "871", "505"), ("Las Vegas", "NV", "891", "702"), ("Los Angeles", "CA", "900", "213"),
    ("San Diego", "CA", "921", "619"), ("San Jose", "CA", "951", "408"), ("Oakland", "CA", "946", "510"),
    ("Portland", "OR", "972", "503"), ("Seattle", "WA", "981", "206"), ("Honolulu", "HI", "968", "808"),
)  # fmt: skip
"""City, state, first three digits of the postal code, telephone area."""

MAIL_DOMAINS: tuple[tuple[str, str], ...] = (
    ("example.com", "Example Mail"),
    ("mail.example.com", "Example Mail"),
    ("example.net", "Example Net"),
    ("post.example.net", "Example Net"),
    ("example.org", "Example Org"),
    ("home.example.org", "Example Org"),
)
"""Domain and provider; reserved for documentation, so that no made-up person has a real mailbox."""

AGE_RANGES = ("18-24", "25-34", "35-44", "45-54", "55-64", "65+")
LOYALTY_TIERS = ("Bronze", "Silver", "Gold", "Platinum")
PERMISSION_REASONS = ("Web form", "In store", "Telephone", "Preference centre")
EMAIL_FORMATS = ("H", "H", "H", "H", "T")
"""H for HTML, T for text; most people get HTML."""


@dataclass(frozen=True)
class Population:
    """The lists as the sandbox starts with them; RIID_ differs between lists, as each gives its own."""

    customers: ListTable
    loyalty: ListTable
    customer_profiles: ListTable
    orders: ListTable
    """A supplemental table of Responsys; it stays there."""


def populate(people: int, seed: int) -> Population:
    """Make up `people` persons from `seed` and fill the lists.

    CUSTOMERS holds everybody. LOYALTY holds about a fifth of them, of which some have since moved. CUSTOMER_PROFILES
    (the list of CX Audience) holds about 60 % with older values. CUSTOMER_ID_ is always filled and unique; some
    families share an address; mobile numbers have gaps. No value contains a delimiter, a quote or a line break.
    """
    rng = random.Random(seed)  # nosec B311  # noqa: S311 - made-up people, not secrets
    customers = ListTable("CUSTOMERS", "Lists", RESPONSYS_COLUMNS, first_riid=410_000_001)
    loyalty = ListTable("LOYALTY", "Lists", RESPONSYS_COLUMNS, first_riid=520_000_001)
    profiles = ListTable("CUSTOMER_PROFILES", "Lists", AUDIENCE_COLUMNS, first_riid=900_000_001)
    orders = ListTable("ORDERS", "Lists", ORDER_COLUMNS, first_riid=630_000_001)
    start = datetime.now(UTC)
    number = itertools.count(1)
    for record in _records(rng, people):
        customers.insert(record, start)
        if rng.random() < _IN_LOYALTY:
            loyalty.insert(_in_loyalty(rng, record), start)
        if rng.random() < _IN_AUDIENCE:
            profiles.insert(_in_audience(rng, record), start)
        if rng.random() < _HAS_ORDERED:
            orders.insert(_order(rng, record, next(number)), start)
    return Population(customers, loyalty, profiles, orders)


def _records(rng: random.Random, people: int) -> Iterator[dict[str, str]]:
    taken: dict[str, int] = {}
    previous: dict[str, str] = {}
    for number in range(1, people + 1):
        family = bool(previous) and rng.random() < _FAMILY
        record = _person(rng, number)
        if family:
            for column in ("LAST_NAME", "POSTAL_STREET_1_", "POSTAL_STREET_2_", "CITY_", "STATE_", "POSTAL_CODE_"):
                record[column] = previous[column]
        if family and rng.random() < _SHARES_EMAIL / _FAMILY:
            record["EMAIL_ADDRESS_"], record["EMAIL_ISP_"] = previous["EMAIL_ADDRESS_"], previous["EMAIL_ISP_"]
        elif rng.random() >= _NO_EMAIL:
            record["EMAIL_ADDRESS_"], record["EMAIL_ISP_"] = _email(rng, record, taken)
        previous = record
        yield record


def _person(rng: random.Random, number: int) -> dict[str, str]:
    chance = rng.random
    city, state, postal, area = _pick(rng, CITIES)
    created = _FIRST_DAY + timedelta(seconds=int(chance() * _LONGEST_HISTORY))
    modified = created + timedelta(seconds=int(chance() * 365 * 86400))
    mobile = "" if chance() < _NO_MOBILE else f"1{area}555{number % 10000:04d}"
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
    """Return the same person as the loyalty program knows them: some have moved and reported it here last."""
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


@functools.cache
def _ascii(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.lower().replace("ł", "l").replace("ø", "o"))
    return "".join(char for char in plain if char.isascii() and char.isalnum())


def _pick(rng: random.Random, choices: Sequence[_T]) -> _T:
    return choices[int(rng.random() * len(choices))]
