"""Audiences: filters, publishing here, publishing to Responsys."""

from __future__ import annotations

from typing import Any

import pytest

from cxr_tui.sandbox.shared.screens import PageError
from support.sandboxes.audience_setting import Stage, stage

PAGE = "Audiences > Create audience"


@pytest.mark.parametrize("text", ["LOYALTY_TIER = Gold", "loyalty_tier = 'gold'", "CITY_!=New York", "LOYALTY_TIER ="])
async def test_filters_name_a_column_of_the_list(text: str) -> None:
    async with stage() as on:
        entries = {"Audience name": "x", "List": "CUSTOMER_PROFILES", "Filter": text}
        assert (await on.visit(PAGE, press="Save", **entries)).values == {"Status": "Saved"}


@pytest.mark.parametrize("text", ["", "LOYALTY_TIER", "TIER = Gold", "A = 1"])
async def test_other_texts_are_no_filter(text: str) -> None:
    async with stage() as on:
        entries = {"Audience name": "x", "List": "CUSTOMER_PROFILES", "Filter": text}
        with pytest.raises(PageError, match=r"Filter: .*(form|has no column)"):
            await on.visit(PAGE, press="Save", **entries)


async def make(on: Stage, name: str, press: str) -> Any:  # noqa: ANN401 - what the page shows
    entries = {"Audience name": name, "List": "CUSTOMER_PROFILES", "Filter": "LOYALTY_TIER = Gold"}
    return await on.visit(PAGE, press=press, **entries)


async def test_an_audience_is_published_here_first_and_then_to_responsys() -> None:
    async with stage() as on:
        await make(on, "Golden", "Save")
        with pytest.raises(PageError, match="must be published first"):
            await make(on, "Golden", "Publish to Responsys")
        with pytest.raises(PageError, match="was not published to Responsys"):
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
        with pytest.raises(PageError, match="must be saved first"):
            await make(on, "never", "Publish")
