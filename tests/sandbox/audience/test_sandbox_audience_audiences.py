"""Audiences: filters, publishing here, publishing to Responsys."""

from __future__ import annotations

from typing import Any

import pytest

from cxr_tui.sandbox.audience.screens_audiences import read_filter
from cxr_tui.sandbox.shared.screens import PageError
from support.sandboxes.audience_setting import START, Stage, stage

PAGE = "Audiences > Create audience"
COLUMNS = ("LOYALTY_TIER", "CITY_")


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("LOYALTY_TIER = Gold", "ab"),
        ("loyalty_tier = 'gold'", "ab"),
        ("LOYALTY_TIER != Gold", "cd"),
        ("CITY_!=New York", "bcd"),
        ("LOYALTY_TIER =", "d"),
    ],
)
def test_filters_choose_members(text: str, members: str) -> None:
    people = {
        "a": {"LOYALTY_TIER": "Gold", "CITY_": "New York"},
        "b": {"LOYALTY_TIER": "Gold", "CITY_": "Reno"},
        "c": {"LOYALTY_TIER": "Silver", "CITY_": "Sand AND Sea"},
        "d": {"LOYALTY_TIER": "", "CITY_": ""},
    }
    holds = read_filter(text, COLUMNS)
    assert "".join(name for name, row in people.items() if holds(row)) == members


@pytest.mark.parametrize("text", ["", "LOYALTY_TIER", "TIER = Gold", "A = 1"])
def test_other_texts_are_no_filter(text: str) -> None:
    with pytest.raises(ValueError, match=r"form|has no column"):
        read_filter(text, COLUMNS)


async def make(on: Stage, name: str, press: str) -> Any:  # noqa: ANN401 - what the page shows
    entries = {"Audience name": name, "List": "CUSTOMER_PROFILES", "Filter": "LOYALTY_TIER = Gold"}
    return await on.visit(PAGE, press=press, **entries)


async def test_an_audience_is_published_with_the_ids_of_responsys() -> None:
    async with stage() as on:
        customers, loyalty = on.responsys.lists["CUSTOMERS"], on.responsys.lists["LOYALTY"]
        there = {}
        for number in range(6):
            on.profiles.insert(
                {"CUSTOMER_ID_": f"C{number}", "LOYALTY_TIER": "Gold" if number % 2 else "Silver"}, START
            )
            there[number] = customers.insert({"CUSTOMER_ID_": f"C{number}"}, START)
        loyalty.insert({"CUSTOMER_ID_": "C1"}, START)
        shows = await make(on, "Golden", "Save")
        assert shows.values["Members"] == 3
        with pytest.raises(PageError, match="Publish the audience first"):
            await make(on, "Golden", "Publish to Responsys")
        with pytest.raises(PageError, match="not integrated"):
            await make(on, "Golden", "Publish, Publish to Responsys")
        await on.save_settings()
        shows = await make(on, "Golden", "Publish to Responsys")
        assert shows.values["Status"] == "Published to Responsys"
        assert on.responsys.published == {"Golden": "CUSTOMERS"}


async def test_publishing_needs_a_login_that_works() -> None:
    async with stage() as on:
        await on.save_settings()
        on.responsys.password = "Changed-2"
        with pytest.raises(PageError, match="INVALID_USER_NAME_PASSWORD"):
            await make(on, "Golden", "Save, Publish, Publish to Responsys")
        assert on.responsys.published == {}


async def test_what_is_not_offered_is_refused() -> None:
    async with stage() as on:
        with pytest.raises(PageError, match="List"):
            await on.visit(PAGE, press="Save", **{"Audience name": "x", "List": "CUSTOMERS", "Filter": "A = 1"})
        with pytest.raises(PageError, match="Filter: the list has no column A"):
            await on.visit(PAGE, press="Save", **{"Audience name": "x", "List": "CUSTOMER_PROFILES", "Filter": "A = 1"})
        with pytest.raises(PageError, match="save it first"):
            await make(on, "never", "Publish")
