"""At a step: a message is explained, and one that is not known becomes a note that is masked, shown, and erasable."""

from __future__ import annotations

from pathlib import Path

import pytest

from cxr_tui.guided.explain import LONGEST_NOTE, explain
from cxr_tui.integration.integration import Integration
from support.drivers.plain_driver import INTERRUPT, plain_driven
from support.drivers.wizard_driver import SMALL, SPACIOUS, driven
from support.worlds.demo_guide import open_demo

UNKNOWN = "The moon is full.\npassword: hunter2hunter2\n-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n"


def notes(integration: Integration, step_id: str) -> list[str]:
    return [one.body["text"] for one in integration.journal_state().notes.get(step_id, [])]


def test_a_message_that_is_not_known_is_kept_as_a_masked_note(tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    assert [one.name for one in explain(integration, "account", "401 PASSWORD_LOCKOUT")] == ["PASSWORD_LOCKOUT"]
    assert notes(integration, "account") == []
    assert explain(integration, "account", UNKNOWN) == []
    assert explain(integration, "account", " \n") == []
    [note] = notes(integration, "account")
    assert note.startswith("The moon is full.")
    assert "hunter2" not in note
    assert "MIIEow" not in note
    assert notes(integration, "ssh2-key") == []
    explain(integration, "ssh2-key", "moon " * 90_000)
    assert len(notes(integration, "ssh2-key")[0]) == LONGEST_NOTE
    assert notes(open_demo(tmp_path), "account") == [note]


@pytest.mark.sampled(1)
@pytest.mark.parametrize("size", [SMALL, SPACIOUS])
async def test_a_pasted_message_is_explained_over_the_step(size: tuple[int, int], tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    async with driven(integration, size) as drive:
        await drive.press("f10")
        assert "it shows an error" in drive.lines[0]
        await drive.type("> Permission denied (publick\n> ey).\x1b[31m")
        await drive.press("f5")
        assert "sftp-auth" in drive.text
        assert "SSH2 Keys management" in drive.words
        await drive.press("escape", "f10")
        await drive.press(*"moon", "f5")
        assert "Not known" in drive.text
        await drive.press("escape", "f10")
        assert "UTC, not known:" in drive.text
        assert "moon" in drive.text
        await drive.press("f5")
        assert len(notes(integration, "account")) == 1, "nothing was typed"
        await drive.press("escape")
        assert "it shows an error" not in drive.lines[0]


async def test_plain_mode_explains_too(tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    async with plain_driven(integration) as drive:
        await drive.type("error PASSWORD_LOCKOUT")
        assert "finding: password-locked" in drive.text
        await drive.type("error", "gpg: decryption failed: No", "secret key", "")
        assert "finding: file-wrong-recipient" in drive.text
        await drive.type("error", "moon", "")
        assert "Not known" in drive.text
        await drive.type("error", INTERRUPT)
        assert "UTC, not known: moon" in drive.text
        assert "Nothing was typed." in drive.text
        assert drive.offered
    assert len(notes(integration, "account")) == 1
