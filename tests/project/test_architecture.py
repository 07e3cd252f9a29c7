"""The house: where things may stand, and who may know whom."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from support.paths import PACKAGE, ROOT


def test_arrows_only_run_down() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--config", "pyproject.toml"]
    linted = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert linted.returncode == 0, linted.stdout + linted.stderr


def test_the_top_level_holds_what_it_should() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    top = {line.split("/")[0] for line in tracked.splitlines()}
    allowed = {"pyproject.toml", "cxr_tui", "tests", "screenshots", "README.md", "uv.lock", "LICENSE"}
    assert {name for name in top if not name.startswith(".")} <= allowed


def test_every_documented_screen_has_its_own_file() -> None:
    from cxr_tui.guide.registry import GUIDE

    assert len(GUIDE.steps) == 26
    for step in GUIDE.steps:
        assert len(list((PACKAGE / "guide" / "steps").glob(f"*/{step.id.replace('-', '_')}.py"))) == 1


PROBE = """
import sys
from collections import Counter
from graphlib import CycleError, TopologicalSorter
from cxr_tui.cli.main import main
try:
    code = main(sys.argv[1:])
except SystemExit as end:
    code = end.code
loaded = sorted(name for name in sys.modules if name.split(".")[0] in ("textual", "rich"))
sys.exit(f"loaded {loaded[:3]}" if loaded else 0)
"""


@pytest.mark.sampled(5)
@pytest.mark.parametrize(
    "arguments",
    [
        ("--version",),
        ("--help",),
        ("rehearse", "--people", "50", "--until", "account"),
        ("check",),
        ("status",),
        ("report",),
        ("apply", "nowhere.toml"),
        ("--plain",),
        ("config",),
        ("completion", "bash"),
        ("help", "environment"),
        ("help", "facts", "B.3"),
        ("explain", "PASSWORD_LOCKOUT"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_headless_commands_never_load_textual(arguments: tuple[str, ...], tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments],
        env={"PATH": "/usr/bin:/bin:/usr/sbin", "CXR_TUI_HOME": str(tmp_path), "HOME": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr


def test_no_folder_holds_more_than_sixteen_modules() -> None:
    modules = [path for top in (PACKAGE, ROOT / "tests") for path in top.rglob("*.py") if path.name != "__init__.py"]
    crowded = Counter(path.parent.relative_to(ROOT).as_posix() for path in modules)
    assert {folder: count for folder, count in crowded.items() if count > 16} == {}
