"""The table of grounds: whole, its sources exist, and no inferred rule fails a check."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from cxr_tui.docs import facts
from cxr_tui.domain.certainty import GROUNDS, Basis, Ground, ground_of, inferred
from cxr_tui.domain.errors import Flaw
from cxr_tui.domain.finding import Finding, Report, Status
from cxr_tui.guide.catalog.explanation import causes, messages
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
        "Mismatch",
        "problem",
        "ReadingError",
    }
)
_COMPARED = frozenset({"equal", "refused"})
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

_OWN = """
aborted-unverified answer-encoding answer-endless answer-head-too-large answer-malformed answer-not-utf8
answer-refused answer-too-deep answer-too-large answer-type audience-host-answers audience-token-missing
back-in-responsys call-refused certificate-expired certificate-not-yet-valid certificate-self-signed
certificate-unfit certificate-unknown-authority certificate-weak certificate-wrong-host changed
changed-after-all changed-in-audience changed-in-responsys charset-doubtful charset-utf-16 check-again
clock-differs column-empty compression-bomb control-character could-not-look date-in-future delimiter-differs
duration-doubled export-schedule-unreadable failures-only file-complete file-compressed file-cut-off
file-damaged file-empty file-names-strange file-other-type file-server-unseen file-size file-size-unknown
file-time-unknown file-unreadable file-unseen folder-listed foreign-endpoint going-on header-case
header-nameless header-repeated host-key host-key-changed host-key-downgraded host-key-unconfirmed
host-unreachable job-name-repeated key-can-encrypt key-cannot-encrypt key-expired key-expiry key-file-cut-off
key-file-nested key-file-too-large key-file-unreadable key-lasts key-locked key-too-many-user-ids key-weak
letter-lost line-too-long listing-endless login-host-answers login-not-tried login-tries-spent
login-unanswered match-duplicates match-duplicates-unseen message-nested neither-works next-slot no-rotation
no-run-yet no-sample no-screen not-a-key-file not-changed not-filled-in not-readable-here not-rolled-back
nothing-to-abort openpgp-unusable operator-stopped outside-fault password-rules password-same private-key-file
promoted public-key record-count record-count-differs redirected rehearsal-key-in-use rehearsal-key-replaced
rehearsal-not-over rejects-grow remote-path request-names-another-account rolled-back rolling-back
rotation-aborted rotation-busy rotation-done rotation-open rotation-prepared rows-accepted run-not-due
run-not-finished sample-not-searched schedule-over schedule-past schedule-unreadable screen-refused
secret-missing secret-not-taken service-fault sftp-auth sftp-broken sftp-key-kind sftp-login sftp-no-keys
sftp-not-offered sftp-second-factor sftp-text size-halved ssh-too-old store-unusable time-zone-unknown
tls-too-old too-long too-many-columns too-many-recipients waiting
"""
"""Codes of protocols, safety and this computer, which rest on nothing that only the products decide."""
OWN_CODES = frozenset(_OWN.split())


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
    codes |= {cause.code for cause in (*causes().values(), *(message.cause for message in messages()))} - {""}
    assert {code: written.get(code) for code in codes - set(GROUNDS) - OWN_CODES} == {}
    assert (set(GROUNDS) | OWN_CODES) - codes == set()
    assert OWN_CODES & set(GROUNDS) == set()


def test_every_source_is_a_section_of_the_facts_and_only_what_is_our_own_has_none() -> None:
    assert [code for code, ground in GROUNDS.items() if ground.source not in facts().sections] == []
    assert [code for code, ground in GROUNDS.items() if ground.basis is Basis.OWN] == []
    assert {ground_of(code) for code in OWN_CODES} == {Ground(Basis.OWN, "")}


@pytest.mark.parametrize("code", sorted({*GROUNDS, *OWN_CODES}))
def test_only_a_rule_that_is_more_than_a_guess_fails(code: str) -> None:
    report = Report()
    report.fail(code, "seen", "why", "remedy")
    report.add(Finding(code, Status.FAIL, "seen"))
    report.fail(code, "seen", "why", "remedy", ground=inferred("A.10"))
    own, added, overridden = report.verified().findings
    guessed = ground_of(code).basis is Basis.INFERRED
    assert own.status is added.status is (Status.WARN if guessed else Status.FAIL)
    assert (own.basis, own.source) == tuple(ground_of(code))
    assert (overridden.status, overridden.source) == (Status.WARN, "A.10")
    assert report.found(code) is not guessed
