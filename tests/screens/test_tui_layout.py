"""Nothing is cut off: every step of the real guide at the three sizes, and what stands side by side."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from cxr_tui.domain.answers import Value
from cxr_tui.domain.instruction import Site
from cxr_tui.guide.registry import GUIDE
from cxr_tui.guided import browser_links
from cxr_tui.guided.action_context import ActionContext
from cxr_tui.guided.browser_links import Page
from cxr_tui.guided.step_view import build_step_view
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.store import Journal
from cxr_tui.tui.actions.table import BUTTONS, BY_ID, STEP_ACTIONS
from cxr_tui.tui.fields.text import FileField, Line, TextField
from cxr_tui.tui.screens.tasks import TASKS
from cxr_tui.tui.theme.themes import DARK, LIGHT
from cxr_tui.tui.widgets.header import KeyBar
from cxr_tui.tui.widgets.text_block import Drawn
from support.drivers.plain_driver import plain_driven
from support.drivers.wizard_driver import MEDIUM, SMALL, SPACIOUS, WIDE, Driven, driven, resize
from support.sampling import some
from support.worlds.demo_guide import DemoOperator, open_demo
from support.worlds.toy_guide import MemoryCredentials


def open_real_guide(home: Path) -> Integration:
    return Integration(GUIDE, Journal(home / "journal.db"), MemoryCredentials(), None, "acme-emea-production")


def assert_nothing_is_cut(drive: Driven) -> None:
    at = drive.screen.step_id
    for widget in drive.screen.query(Drawn):  # type: ignore[type-abstract]  # looked up, never made
        width = widget.content_size.width
        if widget.display and width:
            for line in widget.lines(width):
                assert line.cell_length <= width, f"{at}: {widget} cuts {line.plain!r}"
    right = drive.screen.pane.region.right
    for button in drive.screen.pane.buttons.offered:
        assert button.region.right <= right, f"{at}: {button.label} is cut"
        assert button.region.width >= len(str(button.label)), f"{at}: {button.label} is squeezed"
    for entry in drive.screen.query(Line):
        assert entry.content_size.width >= 20, f"{at}: {entry} is too narrow to type in"


@pytest.mark.sampled(1)
@pytest.mark.parametrize("size", [SMALL, MEDIUM, WIDE, SPACIOUS], ids=["80x24", "100x30", "120x36", "160x45"])
async def test_no_step_of_the_guide_is_cut_off(tmp_path: Path, size: tuple[int, int]) -> None:
    async with driven(open_real_guide(tmp_path), size) as drive:
        for step in some(GUIDE.steps, 8, "layout"):
            await drive.screen.go_to(step.id)
            await drive.pilot.pause()
            assert step.title in drive.words, step.id
            bar = drive.screen.query_one(KeyBar)
            now = drive.screen.controller.context()
            for action in (one for one in STEP_ACTIONS if one.in_bar and one.possible(now)):
                assert f"{action.shown_key} {action.label}" in drive.lines[-1], f"{step.id}: {bar} lacks {action.id}"
            assert_nothing_is_cut(drive)


async def test_small_shows_stages_and_a_step_with_all_keys(tmp_path: Path) -> None:
    async with driven(open_real_guide(tmp_path), SMALL) as drive:
        assert not drive.screen.query_one("#rail").region.width
        for stage in ("▸ Prepare 0/2", "Responsys 0/5", "Audience 0/2", "Profiles 0/16", "Live 0/1"):
            assert stage in drive.lines[1]
        assert "0 of 26 steps done" in drive.lines[0]


async def test_wide_shows_list_step_and_help_side_by_side(tmp_path: Path) -> None:
    async with driven(open_real_guide(tmp_path), SPACIOUS) as drive:
        screen = drive.screen
        regions = [screen.query_one("#rail").region, screen.pane.region, screen.query_one("#help-text").region]
        assert all(region.width >= 26 for region in regions)
        assert regions[0].right <= regions[1].x < regions[1].right <= regions[2].x
        assert not screen.query_one("#stages").display
        assert "Part 3" in drive.text
        help_text = GUIDE.steps[0].fields[0].help.split()
        assert " ".join(help_text[:3]) in drive.words


async def test_a_window_that_changes_its_size_changes_its_shape(tmp_path: Path) -> None:
    async with driven(open_demo(tmp_path), WIDE) as drive:
        await drive.type("half-typed")
        await resize(drive.pilot, *SMALL)
        await drive.settle()
        assert not drive.screen.query_one("#rail").region.width
        assert "half-typed" in drive.text
        assert_nothing_is_cut(drive)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
async def test_every_state_has_a_word_in_both_themes(tmp_path: Path, theme: object) -> None:
    async with driven(open_demo(tmp_path, operator=DemoOperator()), MEDIUM) as drive:
        drive.app.theme = DARK.name if theme is DARK else LIGHT.name
        await drive.settle()
        assert "○ to do" in drive.text
        assert "· locked" in drive.text


async def test_without_colours_everything_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with driven(open_demo(tmp_path), MEDIUM) as drive:
        strips = drive.app.screen._compositor.render_strips()
        for y, strip in enumerate(strips):
            for segment in strip:
                if any(char.isalnum() for char in segment.text) and segment.style is not None:
                    style = segment.style
                    own = style.color is None or style.color.is_default  # the terminal's, which differs from its paper
                    assert own or style.color != style.bgcolor, (y, segment.text)


def test_the_table_of_actions_is_sound() -> None:
    assert len(BY_ID) == len(STEP_ACTIONS), "ids are unique"
    keys = [key for action in STEP_ACTIONS for key in action.key.split(",") if key]
    assert len(set(keys)) == len(keys), "no key does two things"
    for action in STEP_ACTIONS:
        assert action.tooltip
        assert action.label
        assert not action.when or hasattr(ActionContext, action.when.removeprefix("not ")), action.id
        assert action.binding().id == f"{action.scope}.{action.id}"
        assert "alt+" not in action.key
        assert action.key not in ("ctrl+b", "ctrl+a", "ctrl+w", "ctrl+t", "ctrl+n"), "prefixes and browser keys"
    assert all(name in BY_ID for name in BUTTONS)


async def test_every_action_has_its_handler(tmp_path: Path) -> None:
    async with driven(open_demo(tmp_path)) as drive:
        for action in STEP_ACTIONS:
            owner: object = drive.app if action.handler.startswith("app.") else drive.screen
            name, _, task = action.handler.removeprefix("app.").partition("(")
            assert hasattr(owner, f"action_{name}"), action.id
            assert name != "task" or task.strip("')") in TASKS, action.id


POD_FIVE: Mapping[str, Value] = {
    "account_name": "acme",
    "login_host": "interact5",
    "audience_token": "acme",
    "audience_page": "https://acme.example/audience",
}


def pages_at(integration: Integration, step_id: str, typed: Mapping[str, Value] | None = None) -> tuple[Page, ...]:
    return build_step_view(integration, step_id, typed or {}).pages


async def test_a_page_is_opened_in_the_product_in_which_the_step_has_its_part(tmp_path: Path) -> None:
    integration = open_real_guide(tmp_path)
    assert [page.url for page in pages_at(integration, "audience-designer")] == ["https://support.oracle.com/"]
    for page in (*pages_at(integration, "add-user"), *pages_at(integration, "record-handling")):
        assert not page.url
        assert "step 1" in page.missing
    # what is typed and not saved counts already
    typed = pages_at(integration, "account", POD_FIVE)
    assert [page.url for page in typed] == ["https://interact5.responsys.net", "https://acme.example/audience"]
    assert await integration.save("account", POD_FIVE) == {}
    where = {Site.RESPONSYS: "https://interact5.responsys.net", Site.AUDIENCE: "https://acme.example/audience"}
    where[Site.SUPPORT] = browser_links.SUPPORT_URL
    for step in GUIDE.steps:
        sites = dict.fromkeys(visit.site for visit in integration.visits(step.id))
        urls = [page.url for page in pages_at(integration, step.id)]
        assert urls == [where[site] for site in sites if site in where], step.id
        assert not any("login5" in url or "-api." in url for url in urls), "the host of the REST interface"
        assert urls or not set(sites) & set(where)
    own_host = {**POD_FIVE, "login_host": "global", "routing_token": "acme"}
    assert "pods only" in pages_at(integration, "account", own_host)[0].missing


@pytest.mark.parametrize("wrong", ["http://acme.example", "acme.example", "https://me@acme.example", "https://["])
def test_the_address_of_cx_audience_is_one_that_a_browser_may_be_given(wrong: str, tmp_path: Path) -> None:
    integration = open_real_guide(tmp_path)
    assert integration.problem("account", "audience_page", wrong, {})
    assert integration.problem("account", "audience_page", "https://acme.example/x?y=1", {}) is None


async def test_the_key_opens_the_page_or_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("cxr_tui.guided.browser_links.obstacle", lambda: "No display")
    monkeypatch.setattr("webbrowser.open", opened.append)
    integration = open_real_guide(tmp_path)
    await integration.save("account", {**POD_FIVE, "audience_page": ""})
    async with driven(integration) as drive:
        await drive.press("f8")
        assert "CX Audience" in drive.text
        await drive.press("down", "enter")
        assert "The address of CX Audience is not entered (step 1" in drive.text
        await drive.press("f8", "enter")
        assert "No display. Address: https://interact5.responsys.net" in drive.text
    async with plain_driven(integration) as plain:
        await plain.type("open")
        assert "No display. Address: https://interact5.responsys.net" in plain.text
        assert "is not entered (step 1" in plain.text
        await plain.type("instruction")
        assert "Responsys: https://interact5.responsys.net" in plain.text
    assert not opened


async def test_only_what_a_screen_shows_is_to_be_read_off_a_screen(tmp_path: Path) -> None:
    integration = open_real_guide(tmp_path)
    async with driven(integration, WIDE) as drive:
        lines = {field.view.field.name: field.query_one(Line) for field in drive.screen.pane.form.query(TextField)}
        assert lines["account_name"].placeholder == "copy it from Responsys"
        assert lines["connect_api_user"].placeholder == "ask the colleague who has it"
        await drive.screen.go_to("audience-designer")
        lines = {field.view.field.name: field.query_one(Line) for field in drive.screen.pane.form.query(TextField)}
        assert lines["sr_number"].placeholder == "copy it from the service request"
        assert lines["sr_date"].placeholder == "YYYY-MM-DD"
        for step_id in ("generate-key", "destination-connectivity", "ssh2-key"):
            await drive.screen.go_to(step_id)
            files = drive.screen.pane.form.query(FileField)
            assert [one.query_one(Line).placeholder for one in files] == ["path of a file on this computer"]
