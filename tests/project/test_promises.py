"""The manual's pages of promises and of the comparison: every test that they name exists."""

from __future__ import annotations

import ast
import re

import pytest

from cxr_tui.docs import page
from support.paths import TESTS

PAGES = {"comparison": 19, "promises": 24}
"""Pages, and how many sections each has at least."""
_NAMED = re.compile(r"^  - `(?P<file>test_\w+\.py)::(?P<test>test_\w+)`$")


def sections(name: str) -> dict[str, list[str]]:
    """Return the lines of each section of a page, by its heading."""
    _, *parts = re.split(r"^## (.+)\n", page(name), flags=re.MULTILINE)
    return {
        heading: [line for line in text.splitlines() if line]
        for heading, text in zip(parts[::2], parts[1::2], strict=True)
    }


def names_in(file: str) -> set[str]:
    tree = ast.parse(next(TESTS.rglob(file)).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_as_many_sections_as_were_written(name: str) -> None:
    assert len(sections(name)) >= PAGES[name]


@pytest.mark.parametrize(("name", "heading"), [(name, heading) for name in PAGES for heading in sections(name)])
def test_every_promise_names_tests_that_exist(name: str, heading: str) -> None:
    lines = sections(name)[heading]
    named = [found.groups() for line in lines if (found := _NAMED.match(line))]
    assert named, "no test holds it"
    assert sum("::" in line for line in lines) == len(named), "a test is not written as `test_file.py::test_name`"
    assert [f"{file}::{test}" for file, test in named if test not in names_in(file)] == []
