"""The README's tables of features and promises: every test that they name is there."""

from __future__ import annotations

import ast
import re

import pytest

from support.paths import ROOT, TESTS

SECTIONS = {"## What other wizards lack": 19, "## What it promises and how that is tested": 15}
"""Tables, and how many rows each has at least."""
_NAMED = re.compile(r"`(?P<file>test_\w+\.py)::(?P<test>\w+)`")


def rows(section: str) -> list[str]:
    """Return the lines of a section's table, without its head."""
    text = (ROOT / "README.md").read_text()
    assert text.count(section) == 1
    whole = re.split(r"\n## ", text.split(section)[1])[0]
    return [line for line in whole.splitlines() if line.startswith("| ")][1:]


def named_in(file: str) -> set[str]:
    tree = ast.parse(next(TESTS.rglob(file)).read_text())
    return {one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize("section", SECTIONS)
def test_there_are_as_many_rows_as_were_written(section: str) -> None:
    assert len(rows(section)) >= SECTIONS[section]


@pytest.mark.parametrize(
    "row", [row for section in SECTIONS for row in rows(section)], ids=lambda row: row.strip("|* ")[:40]
)
def test_every_promise_names_tests_that_exist(row: str) -> None:
    promise, held_by = row.strip("|").rsplit(" | ", 1)
    assert promise.strip().endswith(".")
    named = _NAMED.findall(held_by)
    assert named, "no test holds it"
    assert held_by.count("::") == len(named), "a test is not written as `test_file.py::test_name`"
    assert [f"{file}::{test}" for file, test in named if test not in named_in(file)] == []
    assert all(test.startswith("test_") for _, test in named)
