"""Kills `cxr-tui rotate` with SIGKILL at every point where it touches the world, one point after the other.

`python tests support.processes.rotation_killing SANDBOX_DIR NAME STRIDE` prints one JSON document with what was seen
at each point. A point lies before and after each write to the journal, each write to the keyring, each request, and
each visit of the operator; every STRIDE-th is taken. Everything is loaded once, and every run is a fork.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from keyring.backend import KeyringBackend

import cxr_tui.cli.commands.rotate
import cxr_tui.cli.open_integration
import cxr_tui.cli.run
import cxr_tui.gateways.rest.responsys
from cxr_tui.cli.main import main
from cxr_tui.gateways.keyring.backend import choose_store
from cxr_tui.gateways.keyring.credentials import KeyringCredentials
from cxr_tui.gateways.rest.http_client import HttpClient
from cxr_tui.guide.registry import GUIDE
from cxr_tui.integration.integration import Integration
from cxr_tui.integration.paths import journal_path
from cxr_tui.integration.rotation_state import IntegrationState
from cxr_tui.journal.store import Journal
from cxr_tui.sandbox.browser_automation import SandboxOperator
from cxr_tui.sandbox.client import RunningSandbox, attach_sandbox
from support.sandboxes.observed_sandbox import observed_sandbox_up

ITEM = "responsys-password"
ITEMS = (ITEM, f"{ITEM}.next", f"{ITEM}.previous")
MOST_POINTS = 120

Keyring = Callable[[str], str | None]


class Points:
    """Counts the points of one run, and kills the process at one of them."""

    def __init__(self, kill_at: int, only: str = "") -> None:
        self.kill_at = kill_at
        self.only = only
        self.passed = 0

    def pass_by(self, name: str, told: int) -> None:
        if self.only not in name:
            return
        self.passed += 1
        if self.passed == self.kill_at:
            os.write(told, name.encode())
            os.kill(os.getpid(), signal.SIGKILL)


def watch(points: Points, told: int) -> None:
    """Put a point before and after everything that changes something outside of this process."""

    def around(owner: type, name: str, label: str) -> None:
        plain = getattr(owner, name)

        async def watched(self: object, *args: object, **named: object) -> object:
            points.pass_by(f"before {label}", told)
            result: object = await plain(self, *args, **named)
            points.pass_by(f"after {label}", told)
            return result

        setattr(owner, name, watched)

    around(KeyringCredentials, "put", "keyring put")
    around(KeyringCredentials, "drop", "keyring drop")
    around(HttpClient, "request", "request")
    around(SandboxOperator, "perform", "visit")
    commit = Journal._commit

    def watched_commit(self: Journal) -> None:
        points.pass_by("before journal", told)
        commit(self)
        points.pass_by("after journal", told)

    Journal._commit = watched_commit  # type: ignore[method-assign]  # watched while it works


def run(arguments: list[str], kill_at: int, only: str = "") -> tuple[int, str]:
    """Run the command in a fork; return its exit code (below zero: killed) and the point at which it was killed."""
    reading, telling = os.pipe()
    child = os.fork()
    if child == 0:
        code = 70
        try:
            os.close(reading)
            quiet = os.open(os.devnull, os.O_WRONLY)
            os.dup2(quiet, 1)
            os.dup2(quiet, 2)
            watch(Points(kill_at, only), telling)
            code = main(arguments)
        finally:
            os._exit(code)
    os.close(telling)
    name = os.read(reading, 200).decode()
    os.close(reading)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), name


def look(path: Path, keyring: Keyring) -> dict[str, Any]:
    """Return what journal and keyring hold; of passwords only whether they are the same ones as before."""
    store = Journal(path)
    journal = IntegrationState()
    journal.apply(store.records_after())
    store.close()
    rotation = journal.rotations.get(ITEM)
    return {
        "stage": rotation.stage.value if rotation else "none",
        "kept": {item: value for item in ITEMS if (value := keyring(item)) is not None},
        "refused": sum(one.result.value in ("refused", "locked") for one in rotation.tries) if rotation else 0,
    }


def kill_everywhere(
    arguments: list[str],
    journal: Path,
    keyring: Keyring,
    refused: Callable[[], int],
    pause: Callable[[], None],
    only: str = "",
    stride: int = 1,
) -> list[dict[str, Any]]:
    """Kill a rotation at its first point, let it go on to its end; then the next rotation `stride` points later."""
    seen = []
    for point in range(1, MOST_POINTS, stride):
        pause()
        before = look(journal, keyring)["kept"][ITEM]
        code, name = run([*arguments, "rotate"], point, only)
        after = look(journal, keyring)
        one: dict[str, Any] = {"point": point, "name": name, "killed": code == -signal.SIGKILL, "stage": after["stage"]}
        one["old_kept"] = before in after["kept"].values()
        new = after["kept"].get(f"{ITEM}.next") or after["kept"][ITEM]
        one["refused_after_kill"] = refused()
        one["resumed"], _ = run([*arguments, "rotate", "--resume"], 0)
        if after["stage"] == "none" or (one["resumed"] != 0 and after["stage"] in ("none", "done")):
            one["resumed"], _ = run([*arguments, "rotate"], 0)
        end = look(journal, keyring)
        one["end"] = end["stage"]
        one["only_one_left"] = list(end["kept"]) == [ITEM]
        # a new password under way is the active one at the end, unless the program was killed before anyone saw it
        one["new_arrived"] = end["kept"][ITEM] == new or after["stage"] in ("none", "done")
        one["refused"] = end["refused"] + refused()
        seen.append(one)
        if code != -signal.SIGKILL:
            break
    return seen


def sandboxed(
    directory: Path, name: str, backend: KeyringBackend | None = None, only: str = "", stride: int = 1
) -> list[dict[str, Any]]:
    """Kill rotations of an integration with a running sandbox; `backend`: where its secrets lie, if not there."""
    running = attach_sandbox(directory)
    info = running.info
    store = backend or running.keyring()

    def keyring(item: str) -> str | None:
        return store.get_password(f"cxr-tui/{name}/{item}", name)

    def desk(path: str, body: object = None) -> dict[str, Any]:
        headers = {"X-Control-Token": info.control_token}
        with httpx.Client(trust_env=False, base_url=info.control_api, headers=headers) as client:
            answer = client.get(path) if body is None else client.post(path, json=body)
        answer.raise_for_status()
        told: dict[str, Any] = answer.json()
        return told

    def refused() -> int:
        return sum(user["refused"] for user in desk("/state")["responsys"]["users"].values())

    def pause() -> None:
        """Let a minute pass: the account's logins of a minute are limited."""
        until = datetime.fromisoformat(desk("/clock")["now"]) + timedelta(minutes=1)
        desk("/clock", {"until": until.isoformat()})

    journal = directory / "integrations" / name / "journal.db"
    return kill_everywhere(["--at", str(directory), "-i", name], journal, keyring, refused, pause, only, stride)


def with_this_sessions_keyring(home: Path, stride: int) -> list[dict[str, Any]]:
    """Set an integration with a sandbox up, its secrets in this D-Bus's Secret Service, and kill its rotations."""
    opening = cxr_tui.cli.open_integration

    def open_with_keyring(running: RunningSandbox, name: str = opening.SANDBOX_NAME) -> Integration:
        journal = Journal(journal_path(running.directory, name))
        return Integration(GUIDE, journal, KeyringCredentials(name), running.operator(), name)

    opening.open_sandboxed = open_with_keyring
    directory, answers = home / "sandbox", home / "answers.toml"
    answers.write_text("")
    with observed_sandbox_up(directory, 60):
        code, _ = run(["--at", str(directory), "apply", str(answers), "--until", "record-handling"], 0)
        if code != 0:
            raise RuntimeError(f"the set-up ended with {code}")
        return sandboxed(directory, "default", choose_store(), "keyring", stride)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(sandboxed(Path(sys.argv[1]), sys.argv[2], stride=int(sys.argv[3]))))
