"""What the checkers of code are told to overlook: only with the reason beside the line, never for a whole file."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from support.paths import ROOT

SOURCES = sorted([*(ROOT / "cxr_tui").rglob("*.py"), *(ROOT / "tests").rglob("*.py"), *(ROOT / ".ci").glob("*.py")])

_NOQA = re.compile(r"#\s*noqa\b(?P<rest>.*)$")
_NOSEC = re.compile(r"#\s*nosec\b(?P<rest>.*)$")
_IGNORE = re.compile(r"#\s*type:\s*ignore\b(?P<rest>.*)$")


def unreasoned(line: str) -> str:
    """Return what is wrong with the suppressions of a line; empty: nothing."""
    noqa, nosec, ignore = _NOQA.search(line), _NOSEC.search(line), _IGNORE.search(line)
    if noqa and not re.match(r":\s*[A-Z]+\d+(,\s*[A-Z]+\d+)* - \w", noqa["rest"]):
        return "noqa without rule and reason"
    if nosec and not re.match(r" B\d+( B\d+)*  # \w", nosec["rest"]):
        return "nosec without rule and reason"
    if ignore and not re.match(r"\[[\w,-]+\]  # \w", ignore["rest"]):
        return "type: ignore without rule and reason"
    return ""


def test_every_suppression_names_its_rule_and_its_reason() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {wrong}"
        for path in SOURCES
        if path != Path(__file__)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if (wrong := unreasoned(line))
    ]
    assert found == []


def test_no_checker_is_switched_off_for_a_file_of_the_product() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    assert "S" in settings["ruff"]["lint"]["select"]
    assert not any(rule.startswith("S") for rule in settings["ruff"]["lint"]["ignore"])
    assert set(settings["ruff"]["lint"]["per-file-ignores"]) == {"tests/*"}
    assert settings["mypy"]["strict"] is True
    assert "bandit" not in settings
    whole = re.compile(r"#\s*(ruff: noqa|flake8: noqa|mypy:|nosec\s*$)")
    assert [path for path in SOURCES if path != Path(__file__) and whole.search(path.read_text())] == []


@pytest.mark.sampled(0)
def test_bandit_finds_nothing() -> None:
    command = [str(Path(sys.executable).with_name("bandit")), "-q", "-r", "cxr_tui", "-f", "json"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    found = json.loads(ended.stdout)
    assert found["errors"] == []
    assert len(found["metrics"]) > 300, "it has looked"
    # bandit's B105 is ruff's S105: a reason that stands beside the line for the one holds for the other
    left = [one for one in found["results"] if f"noqa: S{one['test_id'][1:]} - " not in one["code"]]
    assert [(one["test_id"], one["filename"], one["line_number"], one["issue_text"]) for one in left] == []
