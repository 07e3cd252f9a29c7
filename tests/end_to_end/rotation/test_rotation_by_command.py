"""`cxr-tui rotate` as against the real products: nobody answers for the browsers, and each call is one step."""

from __future__ import annotations

import json

import pytest

from cxr_tui.cli.commands import rotate as command
from cxr_tui.cli.open_integration import SANDBOX_STORE
from cxr_tui.cli.parser import parser
from cxr_tui.gateways.keyring.credentials import KeyringCredentials
from cxr_tui.guide.checks.common import RESPONSYS_PASSWORD
from cxr_tui.guide.registry import GUIDE
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.store import Journal
from support.worlds.rotation_setting import Stage as Stand
from support.worlds.rotation_setting import set_up

NEXT = f"{RESPONSYS_PASSWORD}.next"


class Shell:
    """Calls the command on the integration of a stage, without its operator."""

    def __init__(self, stand: Stand, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

        def without_operator(name: str, *, failed: object) -> Integration:
            credentials = KeyringCredentials("sandbox", backend=stand.running.keyring(), store_name=SANDBOX_STORE)
            return Integration(GUIDE, Journal(stand.integration.place), credentials, None, name)

        monkeypatch.setattr("cxr_tui.cli.open_integration.open_real", without_operator)

    async def rotate(self, *arguments: str) -> tuple[int, str]:
        code = await command.rotate(parser().parse_args(["rotate", *arguments]))
        return int(code), self._capsys.readouterr().out


async def test_each_call_proves_what_a_person_did_and_says_what_is_next(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with set_up() as stand:
        shell = Shell(stand, monkeypatch, capsys)
        code, out = await shell.rotate()
        assert code == 1
        assert "Now: Set the new password in Responsys" in out
        assert "Click: Reset password" in out
        new = await stand.kept(".next")
        assert new is not None
        assert new.reveal() not in out
        # asked again, it says the same and begins nothing anew
        assert (await shell.rotate())[0] == 1
        assert await stand.kept(".next") == new
        code, out = await shell.rotate("--resume", "--json")
        assert (code, [one["code"] for one in json.loads(out)["findings"]]) == (1, ["not-changed"])
        await stand.set_in_responsys()
        code, out = await shell.rotate("--resume", "--json")
        document = json.loads(out)
        assert (code, document["state"], document["todo"]["secret"]) == (1, "changed-in-responsys", NEXT)
        assert document["steps"][1]["state"] == "verified"
        await stand.set_in_audience(NEXT)
        code, out = await shell.rotate("--resume", "--json")
        document = json.loads(out)
        assert (code, document["state"], document["ok"]) == (0, "done", True)
        # against the real products nobody sees CX Audience's page: that half is a person's word
        assert document["steps"][2]["state"] == "confirmed"
        assert await stand.kept() == new


async def test_going_back_by_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    async with set_up() as stand:
        shell, old = Shell(stand, monkeypatch, capsys), await stand.kept()
        assert (await shell.rotate("--resume"))[0] == 1  # nothing was begun
        await shell.rotate()
        await stand.set_in_responsys()
        await shell.rotate("--resume")
        code, out = await shell.rotate("--abort")
        assert (code, "Now: Set the old password again in Responsys" in out) == (1, True)
        await stand.set_in_responsys(RESPONSYS_PASSWORD)
        code, out = await shell.rotate("--resume", "--json")
        assert (code, json.loads(out)["state"]) == (0, "rolled-back")
        assert (await stand.kept(), await stand.kept(".next")) == (old, None)
