"""The facts that ship: each says how certain it is and where it comes from, and every citation leads to one."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from cxr_tui.docs import MARK, facts
from support.paths import PACKAGE
from support.processes.cli_process import environment

_CITED = re.compile(r"\bfacts\s+(?:#\s+)?((?:[A-Z]|1)(?:\.\d+)?\b(?:(?:, | and )[A-Z]\.\d+\b)*)", re.IGNORECASE)
_ID = re.compile(r"[A-Z1](?:\.\d+)?")


def cited(text: str) -> list[str]:
    """Return the section ids that a text cites, such as `facts A.5, A.6`; lower case is no section."""
    found = [match.group(1) for match in _CITED.finditer(text) if match.group(1)[0] in "ABCDEFGHIJKLMNOPQRSTUVWXYZ1"]
    return [id_ for one in found for id_ in _ID.findall(one.replace(" and ", ", "))]


def test_citations_are_found_in_every_form_that_comments_use() -> None:
    assert cited("(facts A.5, A.6; documented)") == ["A.5", "A.6"]
    assert cited("# (Facts B.3 and B.10: minutes)") == ["B.3", "B.10"]
    assert cited("as (facts\n    # G.5; documented)") == ["G.5"]
    assert cited("facts a check has learned, facts 1.") == ["1"]


def test_every_citation_in_the_package_leads_to_a_section() -> None:
    written = [path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".toml", ".tcss", ".md")]
    found = [(str(path.relative_to(PACKAGE)), id_) for path in written for id_ in cited(path.read_text("utf-8"))]
    assert len(found) > 200
    assert [one for one in found if one[1] not in facts().sections] == []


def test_every_fact_says_how_certain_it_is_and_where_it_comes_from() -> None:
    lines = [line for one in facts().sections.values() for line in one.text.splitlines() if line]
    assert len(lines) > 250
    for line in lines:
        assert line.startswith("- "), line
        mark = MARK.search(line)
        assert mark, f"how certain? {line}"
        certainty, sources = mark.groups()
        assert bool(sources) or certainty in ("inferred", "not documented"), f"whence? {line}"
        for source in (sources or "").split("; "):
            known = source.partition("/")[0] in facts().sources or source.startswith("https://")
            assert known or not source or re.fullmatch(r"[A-Z]\.\d+", source), f"{source}? {line}"


def test_facts_speak_of_the_products_alone() -> None:
    whole = (PACKAGE / "docs" / "facts.md").read_text("utf-8")
    assert re.findall(r"/work/|/tmp/|stored cop|could not be read|cut off|\bI found\b|\bseed\b", whole, re.I) == []


@pytest.mark.parametrize(
    ("arguments", "code", "shown"),
    [
        ((), 0, "cxr-tui help facts B.3   Passwords and lock-out"),
        (("B.3",), 0, "RU = https://docs.oracle.com/"),
        (("b.3.",), 0, "Five failed logins lock a user"),
        (("A",), 0, "A.10  Roles and calls"),
        (("B.30",), 2, "did you mean B.3?"),
        (("\x1b[31m",), 2, "use one of 1, A, A.1"),
    ],
)
def test_help_shows_them(arguments: tuple[str, ...], code: int, shown: str, tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "cxr_tui", "help", "facts", *arguments],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ended.returncode == code, ended.stderr
    assert shown in (ended.stderr if code else ended.stdout)
    assert "\x1b" not in ended.stderr + ended.stdout
