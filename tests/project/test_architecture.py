"""The house: where things may stand, and who may know whom."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from graphlib import CycleError, TopologicalSorter
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


def _imports() -> dict[str, set[str]]:
    """Return which modules of the package each one imports, also where it does so late, but not for types alone."""
    paths = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in PACKAGE.rglob("*.py")}
    modules = {name.removesuffix(".__init__"): path for name, path in paths.items()}
    found: dict[str, set[str]] = {}
    for name, path in modules.items():
        found[name] = set()
        todo: list[ast.AST] = [ast.parse(path.read_text())]
        while todo:
            node = todo.pop()
            if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
                continue
            if isinstance(node, ast.ImportFrom) and node.module:
                named = (f"{node.module}.{alias.name}" for alias in node.names)
                found[name] |= {one if one in modules else node.module for one in named}
            elif isinstance(node, ast.Import):
                found[name] |= {alias.name for alias in node.names}
            todo.extend(ast.iter_child_nodes(node))
        found[name] &= modules.keys() - {name}
    return found


def test_no_module_imports_itself_by_a_circle() -> None:
    imports = _imports()
    assert len(imports) > 300, "it has looked"
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_no_folder_holds_more_than_sixteen_modules() -> None:
    modules = [path for top in (PACKAGE, ROOT / "tests") for path in top.rglob("*.py") if path.name != "__init__.py"]
    crowded = Counter(path.parent.relative_to(ROOT).as_posix() for path in modules)
    assert {folder: count for folder, count in crowded.items() if count > 16} == {}
