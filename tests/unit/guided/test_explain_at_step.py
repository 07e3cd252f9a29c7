"""At a step: a message is explained, over the step and in plain mode."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.drivers.plain_driver import INTERRUPT, plain_driven
from support.drivers.wizard_driver import SMALL, SPACIOUS, driven
from support.worlds.demo_guide import open_demo


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
        await drive.press("escape")
        assert "it shows an error" not in drive.lines[0]
        assert integration.journal_state().seq == 0, "what was pasted is kept nowhere"


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
        assert "Nothing was typed." in drive.text
        assert drive.offered
