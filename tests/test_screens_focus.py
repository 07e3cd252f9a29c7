"""The keyboard's way through every step: Tab reaches everything once, in reading order, and one can see where it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from screen_picture import cells
from screens_shown import group_driven
from textual.widget import Widget
from wizard_driver import WIDE, Driven

from cxr_tui.guide.order import GUIDE

STEPS = (
    "account",
    "role-assignment",
    "integration-settings",
    "destination-specification",
    "export-schedule",
    "go-live",
)


def offered(drive: Driven) -> list[Widget]:
    """Return what can take the focus in the step that is shown."""
    return [one for one in drive.screen.pane.walk_children() if isinstance(one, Widget) and one.focusable]


def place(widget: Widget) -> tuple[int, int]:
    """Return where a widget begins, as one reads: line first."""
    return widget.virtual_region_with_margin.y, widget.virtual_region_with_margin.x


@pytest.mark.parametrize("group", ["fresh", "whole"])
async def test_tab_goes_everywhere_once_in_reading_order(group: str, tmp_path: Path) -> None:
    async with group_driven(group, tmp_path, WIDE) as drive:
        for step_id in STEPS:
            await drive.screen.go_to(step_id)
            await drive.settle()
            wanted = offered(drive)
            assert wanted, step_id
            drive.screen.set_focus(wanted[0])
            been: list[Widget] = []
            for _ in range(len(wanted) + 1):
                focused = drive.screen.focused
                assert focused is not None
                if focused in been:
                    break
                been.append(focused)
                await drive.press("tab")
            inside = [one for one in been if one in wanted]
            assert set(inside) == set(wanted), f"{step_id}: Tab does not reach everything"
            # A field's own widgets count as one place: the body is read from top to bottom, the buttons below it.
            rows = [one.region.y + drive.screen.pane.body.scroll_y for one in inside if one in _body(drive)]
            assert rows == sorted(rows), f"{step_id}: the focus jumps about"


def _body(drive: Driven) -> set[Widget]:
    return {one for one in drive.screen.pane.body.walk_children() if isinstance(one, Widget)}


@pytest.mark.parametrize("step_id", [step.id for step in GUIDE.steps][::5])
async def test_one_sees_where_the_focus_is(step_id: str, tmp_path: Path) -> None:
    async with group_driven("fresh", tmp_path, WIDE) as drive:
        await drive.screen.go_to(step_id)
        await drive.settle()
        for widget in offered(drive)[:6]:
            drive.screen.set_focus(None)
            await drive.settle()
            widget.scroll_visible(animate=False, immediate=True)
            await drive.settle()
            region = widget.region
            before = [cell for cell in cells(drive.app) if region.contains(cell.x, cell.y)]
            drive.screen.set_focus(widget, scroll_visible=False)
            await drive.settle()
            after = [cell for cell in cells(drive.app) if widget.region.contains(cell.x, cell.y)]
            assert [cell[2:] for cell in before] != [cell[2:] for cell in after], f"{step_id}: {widget} looks the same"
