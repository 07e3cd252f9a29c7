"""Looks at the wizard's steps and at what is laid over them, each reached by keyboard from a recorded journal."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

from cxr_tui.guide.registry import GUIDE
from cxr_tui.guided import browser_links
from cxr_tui.reports import files as handover_files
from cxr_tui.tui.dialogs.choose import OverruleScreen
from support.drivers.wizard_driver import Driven
from support.screens.screen_look import Group, Shown, action, at_step, keys, over, then, typing, until
from support.worlds.recorded_journals import waits_at

SUPPORT = browser_links.SUPPORT_URL
HANDOVER = tuple(Path(f"/home/jane/.local/share/cxr-tui/handovers/acme-2026-11-02.{end}") for end in ("html", "md"))


async def handover(drive: Driven) -> None:
    """Write a handover to where no folder of this machine is named."""
    with patch.object(handover_files, "write_handover", lambda _: lambda: HANDOVER):
        await action("handover")(drive)


async def overruling(drive: Driven) -> None:
    """Be asked why a step is confirmed against what its check found."""
    await at_step("role-assignment")(drive)
    found = drive.integration.states()["role-assignment"].outcome
    assert found is not None
    drive.app.push_screen(OverruleScreen(found.against))
    await drive.settle()


async def which_page(drive: Driven) -> None:
    """Want to open one of several pages."""
    pages = (
        browser_links.Page("Responsys", "https://interact5.responsys.net/"),
        browser_links.Page("My Oracle Support", SUPPORT),
    )
    with patch.object(browser_links, "pages", lambda *_: pages):
        await at_step("audience-designer", "f8")(drive)


GROUPS: dict[str, Group] = {
    "fresh": Group(
        over("", sandboxed=True),
        (
            Shown("first-step", keys()),
            Shown("locked-step", at_step("export-schedule")),
            Shown("steps", at_step("account", "f2")),
            Shown("help", at_step("account", "f1")),
            Shown("help-on-signs", keys("end", "end"), onward=True),
            Shown("palette", at_step("account", "ctrl+p")),
            Shown("overview-of-nothing", keys("ctrl+d")),
        ),
    ),
    "real": Group(
        over(""),
        (
            Shown("first-field", keys()),
            Shown("nothing-filled-in", keys("f5")),
            Shown("quitting", then(at_step("account"), typing("x"), keys("ctrl+q"))),
        ),
    ),
    "whole": Group(over("whole"), tuple(Shown(step.id, at_step(step.id)) for step in GUIDE.steps)),
    "failed": Group(
        over("missing-role"),
        (
            Shown("failed-step", at_step("role-assignment")),
            Shown("overruling", overruling),
            Shown("overview-of-a-failure", keys("ctrl+d")),
        ),
    ),
    "wrong": Group(over("wrong-recipient"), (Shown("wrong-file", at_step("exported-file")),)),
    "waiting": Group(
        over("whole", waits_at("ssh2-key")),
        (
            Shown("waiting-step", at_step("ssh2-key")),
            Shown("overview-of-a-wait", keys("ctrl+d")),
            Shown("found", then(keys("ctrl+f"), typing("file server"), until("step "))),
        ),
    ),
    "over-it": Group(
        over("whole"),
        (
            Shown("copy", at_step("export-schedule", "f7")),
            Shown("which-page", which_page),
            Shown("review", at_step("integration-settings", "ctrl+l")),
            Shown("review-of-all", keys("a"), onward=True),
            Shown("texts", action("texts")),
            Shown(
                "error-explained", then(action("explain"), typing("gpg: decryption failed: No secret key"), keys("f5"))
            ),
            Shown("dry-run", then(at_step("first-password"), action("dry_run"))),
            Shown("handover", then(at_step("go-live"), handover)),
        ),
    ),
}
"""By name."""
