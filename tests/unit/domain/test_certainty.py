"""The table of grounds: whole, its sources exist, and no inferred rule fails a check."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from cxr_tui.docs import facts
from cxr_tui.domain.certainty import GROUNDS, Basis, inferred
from cxr_tui.domain.errors import Flaw
from cxr_tui.domain.finding import Finding, Report, Status
from cxr_tui.guide.catalog.recognition import MESSAGES
from cxr_tui.preflight.validation.rules import Code
from support.paths import PACKAGE

_NO_FINDINGS = {"sandbox", "doctor"}
"""The twin of the products, and the look at this machine."""
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MAKERS = frozenset(
    {
        "passed",
        "entered",
        "fail",
        "warn",
        "unknown",
        "Finding",
        "Cause",
        "cause",
        "Mismatch",
        "problem",
        "ReadingError",
        "_warning",
    }
)
_COMPARED = frozenset({"equal", "differs", "refused"})
_COMPOSED = {
    "login-host-answers",
    "audience-host-answers",
    "missing-list-role",
    "missing-table-role",
    "list-role-works",
    "table-role-works",
    "campaigns-refused",
    "folders-refused",
}
"""Codes put together from parts."""


def _texts(node: ast.expr, names: dict[str, str]) -> Iterator[str]:
    match node:
        case ast.Constant(value=str() as text):
            yield text
        case ast.Name(id=name) if name in names:
            yield names[name]
        case ast.IfExp(body=one, orelse=other) | ast.BoolOp(values=[one, other]):
            yield from _texts(one, names)
            yield from _texts(other, names)


def written_codes() -> dict[str, str]:
    """Return the codes that the package writes, each with a place."""
    found: dict[str, str] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        if {path.relative_to(PACKAGE).parts[0], path.stem} & _NO_FINDINGS:
            continue
        tree = ast.parse(path.read_text("utf-8"))
        names = {
            target.id: one.value.value
            for one in ast.walk(tree)
            if isinstance(one, ast.Assign) and isinstance(one.value, ast.Constant) and isinstance(one.value.value, str)
            for target in one.targets
            if isinstance(target, ast.Name)
        }
        for one in ast.walk(tree):
            if not isinstance(one, ast.Call):
                continue
            called = one.func.attr if isinstance(one.func, ast.Attribute) else getattr(one.func, "id", "")
            given = one.args[:1] if called in _MAKERS else []
            given += [keyword.value for keyword in one.keywords if keyword.arg in _COMPARED]
            for code in (text for node in given for text in _texts(node, names) if _CODE.fullmatch(text)):
                found[code] = f"{path.relative_to(PACKAGE)}:{one.lineno}"
    return found


def test_every_code_of_the_package_has_its_ground_and_the_table_no_other() -> None:
    written = written_codes()
    codes = set(written) | _COMPOSED | {one.value for kind in (Flaw, Code) for one in kind}
    codes |= {message.cause.code for message in MESSAGES} - {""}
    assert {code: written.get(code) for code in codes - set(GROUNDS)} == {}
    assert set(GROUNDS) - codes == set()


def test_every_source_is_a_section_of_the_facts_and_only_what_is_our_own_has_none() -> None:
    assert [code for code, ground in GROUNDS.items() if ground.source and ground.source not in facts().sections] == []
    assert [code for code, ground in GROUNDS.items() if (ground.basis is Basis.OWN) != (not ground.source)] == []


@pytest.mark.parametrize("code", sorted(GROUNDS))
def test_only_a_rule_that_is_more_than_a_guess_fails(code: str) -> None:
    report = Report()
    report.fail(code, "seen", "why", "remedy")
    report.add(Finding(code, Status.FAIL, "seen"))
    report.fail(code, "seen", "why", "remedy", ground=inferred("A.10"))
    own, added, overridden = report.verified().findings
    guessed = GROUNDS[code].basis is Basis.INFERRED
    assert own.status is added.status is (Status.WARN if guessed else Status.FAIL)
    assert (own.basis, own.source) == tuple(GROUNDS[code])
    assert (overridden.status, overridden.source) == (Status.WARN, "A.10")
    assert report.found(code) is not guessed
