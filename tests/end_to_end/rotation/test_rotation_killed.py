"""SIGKILL at every point of a rotation on the sandbox: it always goes on, and no password is ever lost."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from support.paths import TESTS, program
from support.processes.cli_process import environment
from support.processes.preloaded_python import cxr_tui
from support.sampling import Run, amount
from support.sandboxes.observed_sandbox import observed_sandbox_up
from support.servers.real_parts import with_secret_service

KINDS = {
    f"{when} {what}"
    for when in ("before", "after")
    for what in ("journal", "keyring put", "keyring drop", "request", "visit")
}
STAGES = {"prepared", "changed-in-responsys", "changed-in-audience", "promoted", "done"}
STRIDE = amount(daily=40, whole=1)
"""With `--whole` a rotation is killed at every point, on other days at every fortieth that touches the keyring."""


@pytest.mark.sampled(0)
def test_a_rotation_killed_anywhere_goes_on_and_loses_no_password(tmp_path: Path) -> None:
    answers = tmp_path / "answers.toml"
    answers.write_text("")
    sandbox = tmp_path / "sandbox"
    with observed_sandbox_up(sandbox, 60):
        # No jobs yet: a rotation that waits for no run is short, and can be killed more often.
        begun = cxr_tui("--at", str(sandbox), "apply", str(answers), "--until", "record-handling", home=tmp_path)
        assert begun.code == 0, begun.err + begun.out
        ended = subprocess.run(
            [*program("support.processes.rotation_killing"), str(sandbox), "default", str(STRIDE)],
            env=environment(tmp_path),
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
    seen = json.loads(ended.stdout)
    killed = [one for one in seen if one["killed"]]
    assert len(killed) > 40 // STRIDE
    if Run.whole:
        assert {one["name"] for one in killed} == KINDS
        assert {one["stage"] for one in killed} >= STAGES
    assert_nothing_was_lost(seen)


def test_with_a_real_secret_service_too(tmp_path: Path) -> None:
    script = f"""
import json, sys
from pathlib import Path
from typing import Any
sys.path.insert(0, {str(TESTS)!r})
from support.processes import rotation_killing
print(json.dumps(rotation_killing.with_this_sessions_keyring(Path({str(tmp_path)!r}), {STRIDE})))
"""
    seen = json.loads(with_secret_service(tmp_path, script, unlock=True, seconds=200))
    killed = [one for one in seen if one["killed"]]
    assert {one["name"] for one in killed} <= {kind for kind in KINDS if "keyring" in kind}
    assert len(killed) > 10 // STRIDE
    assert_nothing_was_lost(seen)


def assert_nothing_was_lost(seen: list[dict[str, Any]]) -> None:
    for one in seen:
        # after the last record the old one is dead for certain, and on its way out
        assert one["old_kept"] or one["stage"] == "done", one
        assert one["end"] == "done", one
        assert one["new_arrived"], one
        assert one["only_one_left"], one
        assert one["refused"] == 0, one
