"""SIGKILL at every point of a rotation on the sandbox: it always goes on, and no password is ever lost."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from programs import cxr_tui, environment, sandbox_up

KINDS = {
    f"{when} {what}"
    for when in ("before", "after")
    for what in ("journal", "keyring put", "keyring drop", "request", "visit")
}
KILLING = Path(__file__).with_name("rotation_killing.py")


def test_a_rotation_killed_anywhere_goes_on_and_loses_no_password(tmp_path: Path) -> None:
    answers = tmp_path / "answers.toml"
    answers.write_text("")
    sandbox = tmp_path / "sandbox"
    with sandbox_up(sandbox, "--people", "60"):
        # No jobs yet: a rotation that waits for no run is short, and can be killed more often.
        begun = cxr_tui("--at", str(sandbox), "apply", str(answers), "--until", "record-handling", home=tmp_path)
        assert begun.code == 0, begun.err + begun.out
        ended = subprocess.run(
            [sys.executable, str(KILLING), str(sandbox), "default"],
            env=environment(tmp_path),
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
    seen = json.loads(ended.stdout)
    killed = [one for one in seen if one["killed"]]
    assert {one["name"] for one in killed} == KINDS
    assert len(killed) > 40
    assert {one["stage"] for one in killed} >= {
        "prepared",
        "changed-in-responsys",
        "changed-in-audience",
        "promoted",
        "done",
    }
    for one in seen:
        # after the last record the old one is dead for certain, and on its way out
        assert one["old_kept"] or one["stage"] == "done", one
        assert one["end"] == "done", one
        assert one["new_arrived"], one
        assert one["refused"] == 0, one
    assert not [one for one in killed if not one["only_one_left"]]
