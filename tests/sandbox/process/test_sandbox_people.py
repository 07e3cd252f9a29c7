"""The made-up people: the same for the same seed, believable, and clean."""

import hashlib

import pytest

from cxr_tui.domain.responsys_data import MATCH_COLUMNS
from cxr_tui.sandbox.lists import ListTable
from cxr_tui.sandbox.people import MAIL_DOMAINS, Population, populate
from support.processes.resource_limits import bounded

FORBIDDEN = ",;\t|\r\n\"'"


@pytest.fixture(scope="module")
def people() -> Population:
    return populate(3000, 7)


def by_customer(table: ListTable) -> dict[str, dict[str, str]]:
    return {row["CUSTOMER_ID_"]: row for row in table.rows()}


def test_a_seed_always_makes_the_same_people_and_another_one_others(people: Population) -> None:
    again = populate(3000, 7)
    for one, other in (
        (people.customers, again.customers),
        (people.loyalty, again.loyalty),
        (people.customer_profiles, again.customer_profiles),
    ):
        assert list(one.rows()) == list(other.rows())
    assert list(populate(50, 8).customers.rows()) != list(populate(50, 7).customers.rows())


def test_no_value_holds_anything_that_breaks_a_line_or_a_field(people: Population) -> None:
    for table in (people.customers, people.loyalty, people.customer_profiles):
        for row in table.rows():
            for column, value in row.items():
                assert not set(value) & set(FORBIDDEN), (column, value)
                assert value == value.strip()


def test_values_fit_the_types_of_their_columns(people: Population) -> None:
    limits = {"CHAR": 1, "INTEGER": 19, "NUMBER": 19, "TIMESTAMP": 19}
    for table in (people.customers, people.loyalty, people.customer_profiles):
        types = dict(table.columns)
        for row in table.rows():
            for column, value in row.items():
                kind = types[column]
                assert len(value) <= (limits[kind] if kind in limits else int(kind.removeprefix("STR")))
                if value and kind in ("INTEGER", "NUMBER"):
                    float(value)


def test_numbers_of_people_per_list(people: Population) -> None:
    assert len(people.customers) == 3000
    assert 450 < len(people.loyalty) < 750
    assert 1650 < len(people.customer_profiles) < 1950


def test_customer_ids_are_filled_and_unique_in_every_list(people: Population) -> None:
    for table in (people.customers, people.loyalty, people.customer_profiles):
        ids = [row["CUSTOMER_ID_"] for row in table.rows()]
        assert all(ids)
        assert len(set(ids)) == len(ids)


def test_addresses_are_mostly_there_and_some_people_share_one(people: Population) -> None:
    addresses = [row["EMAIL_ADDRESS_"] for row in people.customers.rows()]
    filled = [address for address in addresses if address]
    assert 0.90 < len(filled) / len(addresses) < 0.99
    assert 0.01 < 1 - len(set(filled)) / len(filled) < 0.10
    assert {address.partition("@")[2] for address in filled} <= set(MAIL_DOMAINS)


def test_mobile_numbers_have_gaps_and_are_numbers(people: Population) -> None:
    numbers = [row["MOBILE_NUMBER_"] for row in people.customers.rows()]
    assert 0.5 < sum(map(bool, numbers)) / len(numbers) < 0.8
    assert all(6 <= len(number) <= 15 and number.isdigit() for number in numbers if number)


def test_hashes_are_those_of_the_lower_cased_address(people: Population) -> None:
    for row in people.customers.rows():
        address = row["EMAIL_ADDRESS_"].lower().encode()
        assert row["EMAIL_SHA256_HASH_"] == (hashlib.sha256(address).hexdigest() if address else "")


def test_cx_audience_holds_older_values_and_no_permissions(people: Population) -> None:
    everybody = by_customer(people.customers)
    for row in people.customer_profiles.rows():
        assert row["MODIFIED_DATE_"] <= everybody[row["CUSTOMER_ID_"]]["MODIFIED_DATE_"]
        assert row["EMAIL_PERMISSION_STATUS_"] == row["EMAIL_DELIVERABILITY_STATUS_"] == ""
        assert "AGE_RANGE" not in row
        assert row["RIID_"] != everybody[row["CUSTOMER_ID_"]]["RIID_"]


def test_names_are_not_only_ascii_and_addresses_are(people: Population) -> None:
    rows = list(people.customers.rows())
    assert any(not row["FIRST_NAME"].isascii() for row in rows)
    assert all(row["EMAIL_ADDRESS_"].isascii() for row in rows)


def test_many_people_are_made_and_found_quickly() -> None:
    with bounded(seconds=10, megabytes=400):
        many = populate(20_000, 1)
    wanted = next(many.customers.rows())
    for column in MATCH_COLUMNS:
        many.customers.find(column, wanted[column])
    with bounded(seconds=1, megabytes=20):
        for _ in range(200):
            assert many.customers.find("CUSTOMER_ID_", wanted["CUSTOMER_ID_"]) == [wanted]
