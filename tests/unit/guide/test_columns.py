"""Two lists side by side, nearest names, and how well a column is filled."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxr_tui.domain.responsys_data import Column, ListSchema
from cxr_tui.guide.checks.columns import compare_columns, fill_of, is_system, match_columns_of, nearest
from support.worlds.fake_world import CUSTOMERS, PROFILES, renamed, with_types, without

TYPES = st.sampled_from(["STR25", "STR255", "INTEGER", "NUMBER"])
NAMES = st.sampled_from([*(column.name for column in CUSTOMERS.columns), "CITY_", "X", "Y"])
LISTS = st.dictionaries(NAMES, TYPES).map(
    lambda columns: ListSchema("L", tuple(Column(name, kind) for name, kind in columns.items()))
)


def test_each_column_has_its_fate() -> None:
    compared = compare_columns(CUSTOMERS, with_types(PROFILES, LOYALTY_TIER="STR50"))
    assert compared.carried == ["CUSTOMER_ID_", "EMAIL_ADDRESS_", "MOBILE_NUMBER_"]
    assert compared.absent == ["AGE_RANGE"]
    assert compared.kept_back == ["RIID_", "EMAIL_PERMISSION_STATUS_"]
    assert compared.differing == {"LOYALTY_TIER": "LOYALTY_TIER is STR25 in Responsys and STR50 in CX Audience"}
    assert (is_system("LOYALTY_TIER"), is_system("RIID_")) == (False, True)


@given(LISTS, LISTS)
def test_no_column_is_lost_or_counted_twice(ours: ListSchema, theirs: ListSchema) -> None:
    compared = compare_columns(ours, theirs)
    fates = [*compared.carried, *compared.absent, *compared.kept_back, *compared.differing]
    assert sorted(fates) == sorted(column.name for column in ours.columns)


def test_match_columns_are_those_of_both_sides_in_documented_order() -> None:
    assert match_columns_of(CUSTOMERS, PROFILES) == ("CUSTOMER_ID_", "EMAIL_ADDRESS_", "MOBILE_NUMBER_")
    assert match_columns_of(CUSTOMERS, without(PROFILES, "CUSTOMER_ID_")) == ("EMAIL_ADDRESS_", "MOBILE_NUMBER_")


@pytest.mark.parametrize("respell", [str.lower, str.title])
def test_column_names_are_compared_without_regard_to_case(respell: Callable[[str], str]) -> None:
    theirs = renamed(PROFILES, respell)
    assert match_columns_of(CUSTOMERS, theirs) == match_columns_of(CUSTOMERS, PROFILES)
    assert compare_columns(CUSTOMERS, theirs) == compare_columns(CUSTOMERS, PROFILES)
    compared = compare_columns(renamed(CUSTOMERS, respell), PROFILES)
    assert respell("CUSTOMER_ID_") in compared.carried
    assert compared.kept_back == [respell("RIID_"), respell("EMAIL_PERMISSION_STATUS_")]


def test_another_case_comes_before_another_spelling() -> None:
    names = ["CUSTOMERS", "CUSTOMERS_OLD", "LOYALTY"]
    assert nearest("customers", names)[0] == "CUSTOMERS"
    assert nearest("COSTUMERS", names)[0] == "CUSTOMERS"
    assert nearest("zzz", names) == []


def test_fill_counts_empty_and_repeated_values() -> None:
    fill = fill_of(["a", "A ", "", " ", "b"])
    assert fill == (5, 0.4, 1 / 3)
    assert fill_of([]) == (0, 0.0, 0.0)
