"""Erasing by command, in plain mode and in the wizard."""

from __future__ import annotations

import getpass
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cxr_tui.cli.exit_codes import Exit
from cxr_tui.integration.erase import Scope
from cxr_tui.integration.rotation_state import Stage, stage_entry
from cxr_tui.journal.store import Journal
from support.drivers.plain_driver import plain_driven
from support.drivers.raw_terminal import raw_terminal
from support.drivers.wizard_driver import SMALL, driven
from support.erasure import (
    CANARIES,
    MEMBER,
    NAME,
    PASSWORD,
    found_in,
    journal_of,
    opened,
    tombstones,
)
from support.processes.preloaded_python import cxr_tui
from support.servers.real_parts import with_secret_service


def test_the_command_erases_and_says_what_remains_as_a_document(home: Path) -> None:
    ended = cxr_tui("-i", NAME, "erase", "--answers", "--yes", "--json", home=home)
    assert ended.code == Exit.OK, ended.err
    told = ended.document
    assert (told["schema"], told["integration"], told["scope"], told["ok"]) == (1, NAME, "answers", True)
    assert told["by"] == getpass.getuser()
    assert told["removed"]["answers"] > 5
    assert len(told["files"]) == 5
    assert told["not_removed"] == []
    assert any(f"-i {NAME} erase --all --secrets" in one["remedy"] for one in told["remains"])
    assert found_in(home, CANARIES[Scope.ANSWERS]) == []
    again = cxr_tui("-i", NAME, "erase", "--answers", "--yes", home=home)
    assert again.code == Exit.OK
    assert len(tombstones(home)) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("erase",), "one of the arguments --records --answers --all is required"),
        (("erase", "--records", "--answers", "--yes"), "not allowed with"),
        (("-i", NAME, "erase", "--records"), "--yes"),
        (("-i", NAME, "erase", "--records", "--json"), "--yes"),
        (("-i", NAME, "erase", "--records", "--secrets", "--yes"), "--secrets has no effect without --all"),
        (("-i", "nobody", "erase", "--all", "--yes"), "There is no integration nobody"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, tuple) else "",
)
def test_what_cannot_be_done_is_a_usage_error_and_erases_nothing(
    home: Path, arguments: tuple[str, ...], said: str
) -> None:
    ended = cxr_tui(*arguments, home=home)
    assert ended.code == Exit.USAGE
    assert said in ended.err
    assert tombstones(home) == []
    assert not (home / "integrations" / "nobody").exists()


def test_what_is_under_way_ends_the_command_with_a_reason(home: Path) -> None:
    journal = Journal(journal_of(home))
    journal.append(datetime.now(UTC), [stage_entry("responsys-password", 9, Stage.PREPARED)])
    journal.close()
    ended = cxr_tui("-i", NAME, "erase", "--all", "--yes", home=home)
    assert (ended.code, "A rotation is not finished" in ended.err) == (Exit.PROBLEM, True)


@pytest.mark.parametrize(("answer", "code", "count"), [(b"yes\r", Exit.OK, 1), (b"\r", Exit.PROBLEM, 0)])
def test_on_a_terminal_the_command_asks(home: Path, answer: bytes, code: Exit, count: int) -> None:
    with raw_terminal(home, "-i", NAME, "erase", "--records") as terminal:
        terminal.wait_for("This cannot be undone")
        terminal.press(answer)
        assert terminal.end() == code
    assert len(tombstones(home)) == count


def test_all_secrets_leave_the_keyring_too_where_that_is_wanted(home: Path) -> None:
    journal = Journal(journal_of(home))
    journal.append(
        datetime(2026, 3, 1, tzinfo=UTC), [stage_entry("responsys-password", 1, Stage.DONE, aside=["old.1"])]
    )
    journal.close()
    items = ("responsys-password", "responsys-password.previous", "connect-api-password", "old.1")
    script = f"""
import json, keyring, sys
from cxr_tui.cli.main import main
for item in {items}:
    keyring.set_password(f"cxr-tui/{NAME}/{{item}}", "{NAME}", "{PASSWORD}")
code = main(["-i", "{NAME}", "erase", "--all", "--secrets", "--yes", "--json"])
left = [item for item in {items} if keyring.get_password(f"cxr-tui/{NAME}/{{item}}", "{NAME}")]
print(json.dumps([int(code), left]))
"""
    *document, last = with_secret_service(home, script, unlock=True).splitlines()
    assert json.loads(last) == [0, []]
    told = json.loads("\n".join(document))
    assert sorted(told["secrets"]) == sorted(items)
    assert not any("keyring" in one["what"] for one in told["remains"])


# The wizard and plain mode


async def test_plain_mode_says_what_goes_asks_and_erases(home: Path) -> None:
    integration = opened(home)
    async with plain_driven(integration) as drive:
        await drive.type("erase")
        assert all(f"erase {scope}: removes" in drive.words for scope in Scope)
        await drive.type("erase records")
        assert "Found: " in drive.words
        await drive.type("no")
        assert "Nothing was erased." in drive.words
        await drive.type("erase records", "yes")
        assert "What remains:" in drive.words
        assert "Step 8 of 26" in drive.words
    await integration.close()
    assert found_in(home, (MEMBER,)) == []


async def test_the_wizard_offers_it_in_the_palette_asks_twice_and_says_what_remains(home: Path) -> None:
    integration = opened(home)
    async with driven(integration, SMALL) as drive:
        assert "Erase personal data" in [label for _, label in drive.screen.offered()]
        await drive.screen.go_to("integration-settings")
        await drive.screen.carry_out("erase")
        await drive.settle()
        await drive.press("enter")
        assert "Keep everything" in drive.text
        assert "in the journal, 5 files" in drive.text
        await drive.press("enter")
        assert not drive.overlaid
        assert tombstones(home) == []
        await drive.screen.carry_out("erase")
        await drive.settle()
        await drive.press("enter", "down", "enter")
        assert "What remains:" in drive.words
        await drive.press("escape")
        assert drive.screen.step_id == "integration-settings"
        assert MEMBER not in drive.text
    await integration.close()
    assert found_in(home, (MEMBER,)) == []
