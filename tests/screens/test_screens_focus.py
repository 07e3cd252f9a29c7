"""The keyboard's way through every screen: Tab reaches everything once, in reading order, and one sees where it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.command import CommandPalette
from textual.containers import VerticalScroll
from textual.geometry import Region
from textual.screen import ModalScreen
from textual.widget import Widget

from support.drivers.wizard_driver import WIDE, Driven, drawn, resize
from support.sampling import some
from support.screens.screen_picture import cells
from support.screens.screens_shown import SHOWN, each_look, group_driven

SKIPPED = frozenset({"whole"})
"""The steps have their own test, for some of them do."""
STEPS = (
    "account",
    "role-assignment",
    "integration-settings",
    "destination-specification",
    "export-schedule",
    "go-live",
)
LOOKED_AT = 4
"""Places of a screen at which the focus is looked for, at most."""


def offered(drive: Driven) -> list[Widget]:
    """Return what can take the focus on the screen in front."""
    return [one for one in drive.app.screen.walk_children() if isinstance(one, Widget) and one.focusable and one.size]


def place(widget: Widget) -> tuple[int, int, int]:
    """Return where a widget is, as one reads: what scrolls as a whole first, then by line and column in it."""
    scrolls = [one for one in widget.ancestors if isinstance(one, VerticalScroll)]
    outermost = scrolls[-1].region.y if scrolls else widget.region.y
    return outermost, widget.region.y + sum(round(one.scroll_y) for one in scrolls), widget.region.x


async def walk_by_tab(drive: Driven) -> None:
    """Go round by Tab, and hold where one came by against what can take the focus."""
    screen, wanted = drive.app.screen, offered(drive)
    if not wanted:
        return
    name = f"{type(screen).__name__} with {[str(one) for one in wanted]}"
    screen.set_focus(wanted[0])
    been: list[Widget] = []
    for _ in range(len(wanted) + 1):
        focused = screen.focused
        assert focused is not None, name
        if focused in been:
            break
        been.append(focused)
        await drive.press("tab")
    assert screen.focused is been[0], f"{name}: Tab does not come round"
    assert set(been) == set(wanted), f"{name}: Tab does not reach everything"
    places = [place(one) for one in been]
    assert places == sorted(places), f"{name}: the focus jumps about: {places}"


async def look_for_the_focus(drive: Driven) -> None:
    """Hold each place with the focus against the same without; where there is but one, everybody knows."""
    screen, wanted = drive.app.screen, offered(drive)
    for widget in wanted[:LOOKED_AT] if len(wanted) > 1 else ():
        screen.set_focus(next(one for one in wanted if one is not widget), scroll_visible=False)
        widget.scroll_visible(animate=False, immediate=True)
        await drive.settle()
        before = shown(drive, around(widget))
        screen.set_focus(widget, scroll_visible=False)
        await drive.settle()
        assert shown(drive, around(widget)) != before, f"{type(screen).__name__}: {widget} looks the same"


async def shrink_and_grow(drive: Driven) -> None:
    """Hold a screen against a window that is too small for it; it stands here because every screen comes by."""
    if isinstance(drive.app.screen, ModalScreen):
        return
    await resize(drive.pilot, 40, 10)
    await drive.settle()
    assert "This window has 40x10" in drive.text, f"{type(drive.app.screen).__name__} does not say that it has no room"
    await resize(drive.pilot, *WIDE)
    await drive.settle()
    assert "This window" not in drive.text


def around(widget: Widget) -> Region:
    """Return the place of a widget with its frame; a field is marked as a whole."""
    fields = [one for one in widget.ancestors if isinstance(one, Widget) and one.has_class("field")]
    return (fields[0] if fields else widget).region.grow((1, 1, 1, 1))


def shown(drive: Driven, region: Region) -> list[tuple[str, str]]:
    """Return characters and what is set on them, leaving every colour out of account."""
    return [(cell.character, cell.more) for cell in cells(drive.app) if region.contains(cell.x, cell.y)]


@pytest.mark.sampled(1)
@pytest.mark.parametrize("group", sorted(SHOWN.keys() - SKIPPED))
async def test_tab_goes_everywhere_once_and_one_sees_where_it_is(
    group: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    seen: set[tuple[type[object], tuple[str | None, ...]]] = set()
    async with group_driven(group, tmp_path, WIDE) as drive:
        async for _ in each_look(drive, group):
            await drawn(drive.app)
            screen = drive.app.screen
            one = type(screen), tuple(widget.id for widget in offered(drive))
            if one in seen or isinstance(screen, CommandPalette):  # the palette's line keeps the focus
                continue
            seen.add(one)
            before = screen.focused
            await walk_by_tab(drive)
            await look_for_the_focus(drive)
            screen.set_focus(before)
            await drive.settle()
            await shrink_and_grow(drive)


@pytest.mark.sampled(1)
@pytest.mark.parametrize("group", ["fresh", "whole"])
async def test_tab_goes_everywhere_at_the_steps(group: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with group_driven(group, tmp_path, WIDE) as drive:
        for step_id in some(STEPS, 3, "focus"):
            await drive.screen.go_to(step_id)
            await drive.settle()
            assert offered(drive), step_id
            await walk_by_tab(drive)
            if group == "fresh":
                await look_for_the_focus(drive)
