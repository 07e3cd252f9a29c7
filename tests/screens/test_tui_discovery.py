"""Keys and what helps to find them: one table, one's own keys, search, letters, overview, undo, help."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.app import App
from textual.binding import Binding, BindingsMap
from textual.dom import DOMNode

import cxr_tui.tui
from cxr_tui.config.settings import Settings
from cxr_tui.journal.gate import State
from cxr_tui.tui.actions.keymap import keymap_from
from cxr_tui.tui.actions.table import ACTIONS_OF, ALL_ACTIONS, shown
from cxr_tui.tui.app import WizardApp
from cxr_tui.tui.screens.action_screen import ActionScreen
from support.drivers.wizard_driver import MEDIUM, SMALL, SPACIOUS, Driven, driven, focus_name
from support.worlds.demo_guide import DemoOperator, open_demo


def classes_with_keys() -> Iterator[type[DOMNode]]:
    """Every class of the wizard that declares keys; Textual's own text fields and lists are not ours to name."""
    for module in pkgutil.walk_packages(cxr_tui.tui.__path__, "cxr_tui.tui."):
        for one in vars(importlib.import_module(module.name)).values():
            if isinstance(one, type) and issubclass(one, DOMNode) and one.__module__ == module.name:
                yield one


def own_bindings(one: type[DOMNode]) -> list[Binding]:
    declared = BindingsMap(one.__dict__.get("BINDINGS", []))
    return [binding for bindings in declared.key_to_bindings.values() for binding in bindings]


def test_every_key_has_an_id_and_says_what_it_does() -> None:
    found = [(one, binding) for one in classes_with_keys() for binding in own_bindings(one)]
    assert len(found) > 80
    for one, binding in found:
        assert binding.id, f"{one.__name__}: {binding.key}"
        assert binding.tooltip, f"{one.__name__}: {binding.id}"
        assert "alt+" not in binding.key
        assert binding.key not in FOREIGN, f"{one.__name__}: {binding.key} belongs to somebody else"


FOREIGN = ("ctrl+a", "ctrl+b", "ctrl+s", "ctrl+w", "ctrl+t", "ctrl+n", "f11", "f12")
"""Prefixes of screen and tmux, flow control, keys of a browser."""


def test_every_screen_has_the_handlers_of_its_actions() -> None:
    screens = [one for one in classes_with_keys() if issubclass(one, ActionScreen)]
    assert {action.scope for one in screens for action in one.ACTIONS} == set(ACTIONS_OF)
    for one in screens:
        for action in one.ACTIONS:
            name = action.handler.partition("(")[0]
            owner = WizardApp if name.startswith("app.") else one
            assert hasattr(owner, f"action_{name.removeprefix('app.')}"), action.binding_id


def test_ids_are_unique_and_keys_are_shown_as_people_know_them() -> None:
    ids = [action.binding_id for action in ALL_ACTIONS]
    assert len(set(ids)) == len(ids)
    assert [shown(key) for key in ("ctrl+p", "f1,question_mark", "escape", "slash", "shift+tab")] == [
        "^P",
        "F1",
        "Esc",
        "/",
        "⇧Tab",
    ]


def test_a_keymap_is_taken_over_and_what_cannot_be_used_is_said() -> None:
    keymap = keymap_from(
        {
            "wizard.check": "ctrl+t, f5",
            "jobs.look": "ctrl+t",
            "wizard.chek": "f5",
            "wizard.undo": "no such key",
            "wizard.search": "/",
        }
    )
    assert keymap.keys == {"wizard.check": "ctrl+t,f5", "jobs.look": "ctrl+t"}
    told = " | ".join(keymap.complaints)
    for part in (
        "wizard.chek is no action that has a key; did you mean wizard.check?",
        "no such key is no key",
        "wizard.search cannot be /",
    ):
        assert part in told


async def test_ones_own_key_works_and_is_shown_everywhere(tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    app = WizardApp(
        integration, settings=Settings(keymap={"wizard.check": "f12", "wizard.steps": "ctrl+t", "x.y": "f1"})
    )
    async with driven(integration, SMALL, app=app) as drive:
        assert "keymap: x.y is no action that has a key" in drive.text
        assert "^T Steps" in drive.lines[-1]
        assert "Save and check  F12" in drive.text
        await drive.type("acmeretail")
        await drive.press("f5")
        assert drive.state("account") is State.READY, "the former key does nothing any more"
        await drive.press("f12")
        assert drive.state("account") is State.VERIFIED


async def test_a_finding_names_the_key_that_puts_it_right(tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    app = WizardApp(integration, settings=Settings(keymap={"wizard.fix": "f12"}))
    async with driven(integration, SMALL, app=app) as drive:
        await drive.type("acme")
        await drive.press("f5")
        assert 'F12 Use the exact name "acmeretail"' in drive.words
        assert "^Y" not in drive.text


async def test_a_sign_is_typed_into_a_field_and_a_key_elsewhere(tmp_path: Path) -> None:
    async with driven(open_demo(tmp_path, operator=DemoOperator())) as drive:
        assert focus_name(drive) == "account_name"
        await drive.press("question_mark", "slash")
        assert "?/" in drive.text
        assert not drive.overlaid
        await drive.press("ctrl+z", "tab", "tab")
        await drive.press("question_mark")
        assert "Keys" in drive.text


def inside(drive: Driven) -> str:
    """All words within the frame of an overlay."""
    return " ".join(" ".join(line.split("│")[1] for line in drive.lines if line.count("│") == 2).split())


async def test_help_names_facts_source_and_where_the_value_comes_from(tmp_path: Path) -> None:
    async with driven(open_demo(tmp_path), SMALL) as drive:
        await drive.press("f1")
        for part in ("Account name", "Capitals and blanks count.", "Integrating with Responsys, step 4 (documented)"):
            assert part in inside(drive)
        await drive.press("f1", "tab", "f1")
        assert "Suggested; not saved yet." in inside(drive)
        await drive.press(*["pagedown"] * 6)
        assert "verified" in drive.words


async def found(drive: Driven, text: str) -> None:
    await drive.pilot.press("ctrl+f")
    await drive.pilot.pause(0.1)
    await drive.type(text)
    for _ in range(50):
        await drive.pilot.pause(0.05)
        if "step " in drive.text:
            break


async def test_search_finds_a_field_by_words_of_its_help_and_goes_there(tmp_path: Path) -> None:
    async with driven(open_demo(tmp_path), MEDIUM) as drive:
        await drive.press("f4")
        await found(drive, "capitals blanks")
        assert "Account name field, step 1" in drive.words
        await drive.pilot.press("down", "enter")
        await drive.pilot.pause(0.2)
        assert drive.screen.step_id == "account"
        assert focus_name(drive) == "account_name"


async def test_a_hostile_finding_in_the_search_is_text(tmp_path: Path) -> None:
    from support.worlds.demo_guide import Dials

    dials = Dials()
    dials.hostile = "[/] [red]x[/foo \x1b[31m"
    async with driven(open_demo(tmp_path, dials=dials), MEDIUM) as drive:
        await drive.type("acme")
        await drive.press("f5")
        await found(drive, "mismatch")
        assert "account-name-mismatch finding, step 1" in drive.words
        assert drive.app.is_running


@pytest.mark.sampled(1)
@pytest.mark.parametrize("size", [SMALL, SPACIOUS], ids=["80x24", "160x45"])
async def test_the_overview_says_whose_turn_it_is_and_leads_there(tmp_path: Path, size: tuple[int, int]) -> None:
    async with driven(open_demo(tmp_path), size) as drive:
        await drive.type("acmeretail")
        await drive.press("f5", "f4", "f9", "f4")
        await drive.type("geheimnis1")
        await drive.press("f5", "f4")
        await drive.type("Processing")
        await drive.press("f5")
        await drive.screen.go_to("account")
        await drive.press("ctrl+d")
        for part in (
            "✓ 2 verified",
            "● 1 confirmed",
            "… 1 waiting",
            "Responsys to CX Audience",
            "2 of 2",
            "Oracle: step 4, SSH2 key",
            "usual: 2 to 10 working days",
            "today",
        ):
            assert part in drive.words
        await drive.press("enter")
        assert drive.screen.step_id == "ssh2-key"
        await drive.press("ctrl+d", "escape")
        assert not drive.overlaid


async def test_undo_takes_back_what_is_typed_then_what_was_confirmed(tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    async with driven(integration) as drive:
        await drive.type("acmeretail")
        await drive.press("f5")
        form = drive.screen.pane.form
        field = form.field("account_name")
        assert field is not None
        assert field.entrance is not None
        field.entrance.focus()
        await drive.type("x")
        await drive.press("ctrl+z")
        assert "Undone: Account name" in drive.text
        assert drive.state("account") is State.VERIFIED
        await drive.press("ctrl+z")
        assert drive.overlaid
        assert "Undo: Account name is empty again, and 1 more" in drive.words
        await drive.press("enter")
        assert drive.state("account") is State.VERIFIED, "nothing is taken back before somebody says so"
        await drive.press("ctrl+z", "down", "enter")
        assert "Undone: Account name is empty again, and 1 more" in drive.words
        assert drive.state("account") is State.STALE
        assert not integration.journal_state().known().has("account.account_name")
        await drive.press("ctrl+z")
        assert "nothing to undo" in drive.text


async def test_ctrl_c_copies_what_is_marked_and_quits_when_pressed_twice(tmp_path: Path) -> None:
    async with driven(open_demo(tmp_path)) as drive:
        await drive.press(*"acme", "ctrl+shift+a", "ctrl+c")
        assert drive.app.clipboard == "acme"
        await drive.press("ctrl+z", "tab", "ctrl+c")
        assert "again to quit" in drive.text
        assert drive.app.is_running
        await drive.pilot.press("ctrl+c")
        await drive.pilot.pause(0.2)
        assert not drive.app.is_running


async def test_a_bare_app_shows_the_keys_of_the_table() -> None:
    from cxr_tui.tui.actions.keymap import keymap_of

    assert keymap_of(App[object]()).shown(ALL_ACTIONS[0]) == "^P"
