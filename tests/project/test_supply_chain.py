"""What the program is made of: every package locked and hashed, looked at for weaknesses, and all that is needed."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from support.paths import ROOT
from support.processes.cli_process import environment

LISTS = ROOT / ".ci" / "requirements"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUN = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["build"]]
TESTS = [*RUN, *PROJECT["project"]["optional-dependencies"]["test"], *PROJECT["dependency-groups"]["audit"]]
SUPPORTED = [
    found[1]
    for one in PROJECT["project"]["classifiers"]
    if (found := re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", one))
]


def locked(name: str) -> dict[str, tuple[str, int]]:
    """Return version and number of hashes by package."""
    blocks = re.split(r"\n(?=\S)", (LISTS / f"{name}.txt").read_text())
    read: dict[str, tuple[str, int]] = {}
    for block in blocks:
        head = re.match(r"([A-Za-z0-9._-]+)==([^\s;\\]+)", block)
        assert head, block[:80]
        read[canonicalize_name(head[1])] = (head[2], len(re.findall(r"--hash=sha256:[0-9a-f]{64}\b", block)))
    return read


@pytest.mark.parametrize(("name", "wanted"), [("run", RUN), ("tests", TESTS)])
def test_the_lock_fits_what_is_declared(name: str, wanted: list[str]) -> None:
    pinned = locked(name)
    for one in map(Requirement, wanted):
        version = pinned.get(canonicalize_name(one.name), ("", 0))[0]
        assert version, f"{one.name} is not locked: run `sh .ci/lock`"
        assert one.specifier.contains(version, prereleases=True), f"{one} against {version}: run `sh .ci/lock`"


@pytest.mark.parametrize("name", ["run", "tests"])
def test_every_locked_package_has_hashes_and_no_address(name: str) -> None:
    assert min(hashes for _, hashes in locked(name).values()) >= 1
    text = (LISTS / f"{name}.txt").read_text()
    assert "://" not in text
    assert "index" not in text


def test_what_runs_is_what_is_tested() -> None:
    tested = locked("tests")
    assert {name: version for name, (version, _) in locked("run").items() if tested[name][0] != version} == {}


def test_nothing_is_installed_past_the_lock() -> None:
    lines = [
        line
        for name in ("tests", "wizard", "run", "prepare")
        for line in (ROOT / ".ci" / name).read_text().splitlines()
        if "pip install" in line and not line.startswith("#")
    ]
    assert lines
    held = ("--require-hashes", "--no-deps --no-build-isolation")
    assert [line for line in lines if not any(option in line for option in held)] == []


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", ROOT / ".ci" / "audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SOUND = {"name": "a", "version": "1", "vulns": []}
SKIPPED = {"name": "b", "skip_reason": "not found"}
WEAK = {"name": "c", "version": "2", "vulns": [{"id": "X-1", "fix_versions": ["3"]}]}


@pytest.mark.parametrize(
    ("packages", "code", "words"),
    [
        ([SOUND], 0, "none of 1 packages has a known weakness"),
        ([SOUND, SKIPPED], 0, "UNKNOWN, could not look at 1 of 2 packages: b"),
        ([SKIPPED], 0, "UNKNOWN, could not look at 1 of 1 packages"),
        ([], 0, "UNKNOWN"),
        ([SKIPPED, WEAK], 1, "c 2: X-1, mended in 3"),
    ],
)
def test_an_audit_that_could_not_look_is_no_pass(
    audit: ModuleType, packages: list[dict[str, Any]], code: int, words: str
) -> None:
    told, lines = audit.verdict({"dependencies": packages})
    assert told == code
    assert words in "\n".join(lines)


def test_an_audit_without_its_tool_says_so(audit: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    code, lines = audit.audit(LISTS / "run.txt")
    assert (code, lines) == (0, ["audit: UNKNOWN, pip-audit gave no answer (FileNotFoundError)"])


# --- The package in an empty environment ------------------------------------------------------------------------------


def interpreter(version: str) -> str | None:
    """Return a Python of this version on this machine, None where there is none."""
    roots = [
        *os.environ.get("PATH", "").split(os.pathsep),
        *map(str, Path.home().glob(f".pyenv/versions/{version}.*/bin")),
    ]
    for root in roots:
        path = shutil.which(f"python{version}", path=root)
        if path and subprocess.run([path, "-c", "import ensurepip"], capture_output=True, check=False).returncode == 0:
            return path
    return None


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Build a wheel and an sdist as anybody would."""
    if importlib.util.find_spec("hatchling") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("hatchling is not installed")
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return {"wheel": next(folder.glob("*.whl")), "sdist": next(folder.glob("*.tar.gz"))}


def installer(python: Path) -> list[str]:
    """Return the command that installs into this environment: uv where it is there, for it takes seconds, else pip."""
    uv = shutil.which("uv")
    return [uv, "pip", "install", "-q", "-p", str(python)] if uv else [str(python), "-m", "pip", "install", "-q"]


@pytest.mark.sampled(0)
@pytest.mark.parametrize("kind", ["wheel", "sdist"])
@pytest.mark.parametrize("version", [SUPPORTED[0], SUPPORTED[-1]])
def test_it_installs_and_runs_in_an_empty_environment(
    version: str, kind: str, packages: dict[str, Path], tmp_path: Path
) -> None:
    found = interpreter(version)
    if found is None:
        pytest.skip(f"no Python {version} on this machine")
    home = tmp_path / kind
    subprocess.run([found, "-m", "venv", str(home / "venv")], check=True)
    command = installer(home / "venv" / "bin" / "python")
    subprocess.run([*command, "--require-hashes", "-r", str(LISTS / "run.txt")], check=True)
    subprocess.run([*command, "--no-deps", "--no-build-isolation", str(packages[kind])], check=True)
    program = home / "venv" / "bin" / "cxr-tui"
    words = ["rehearse", "--people", "60", "--until", "first-password", "--json"]
    environ = environment(home)
    ended = subprocess.run([program, *words], env=environ, cwd=home, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    facts = [str(program), "help", "facts", "B.3"]
    told = subprocess.run(facts, env=environ, cwd=home, capture_output=True, text=True, check=True)
    assert "Five failed logins lock a user" in told.stdout
    screens = [str(program.with_name("python")), "-c", "import cxr_tui.tui.app; print(cxr_tui.__file__)"]
    shown = subprocess.run(screens, env=environ, cwd=home, capture_output=True, text=True, check=True)
    assert f"{kind}/venv/lib/python{version}" in shown.stdout
