"""How certain each finding is: the basis of its rule, and its section of the facts.

If a code has two grounds, the check gives the other one with the finding. The doctor does not use it, because it checks
only this computer.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import partial
from typing import NamedTuple


class Basis(StrEnum):
    """The origin of a rule, or of the meaning of an answer."""

    DOCUMENTED = "documented"
    """Oracle documents it."""
    OBSERVED = "observed"
    """Public recordings and code show it."""
    INFERRED = "inferred"
    """It follows from other facts and may be wrong, so it never fails a check."""
    OWN = "own"
    """Protocols, safety, this computer."""


class Ground(NamedTuple):
    """How certain a rule, or the meaning of an answer, is."""

    basis: Basis
    source: str = ""
    """Id of the section of the facts, such as `A.10`; empty for `own`."""


documented = partial(Ground, Basis.DOCUMENTED)
inferred = partial(Ground, Basis.INFERRED)

_CODES: Mapping[Basis, Mapping[str, str]] = {
    Basis.DOCUMENTED: {
        "1": (
            "account-name-equal account-name-mismatch consequences-acknowledged enclosure-on encrypted-off encryption "
            "encryption-off file-form-differs file-location file-missing file-name file-name-mismatch "
            "file-not-encrypted file-there file-wrong-recipient first-line-off form-in-order host-added "
            "import-key-differs integration-enabled integration-not-enabled key-in-use key-mismatch "
            "match-column-differs not-compressed notification organization-in-order password-one-sided recipient "
            "recipient-other-subkey recipients-hidden recipients-not-compared request-opened roles-in-order same-key "
            "same-place screen-matches target-list-differs user-locale user-locale-english"
        ),
        "A.2": "login-accepted login-works password-characters",
        "A.4": "token-expired",
        "A.5": (
            "access-refused account-suspended api-disabled connect-disabled connect-user-refused ip-restricted "
            "login-not-accepted-yet login-refused not-found password-expired service-busy temporary-password "
            "wrong-login-host"
        ),
        "A.6": "throttled",
        "A.7": (
            "list-empty list-filled list-found list-missing members-found members-not-found members-unknown "
            "not-reported time-zone-known user-email-equal user-email-mismatch user-exists user-name-mismatch"
        ),
        "A.9": "connect-user-accepted export-run-failed job-active job-activity-unknown job-ran run-succeeded",
        "B.1": "identity-cloud-account",
        "B.3": "login-budget-spent password-locked",
        "B.5": (
            "expiration expires-before-run expires-soon job-gone job-inactive job-name job-name-invalid no-expiration"
        ),
        "B.6": "file-fresh file-stale",
        "B.9": "ssh2-key ssh2-key-added ssh2-key-format ssh2-key-pending",
        "C.1": (
            "audience-columns-unseen audience-user-accepted changed-since members-differ members-match members-missing "
            "members-not-looked-up"
        ),
        "C.3": "insert-confirmed insert-irreversible insert-off match-column-absent match-column-present",
        "C.4": (
            "column-not-carried column-type-mismatch columns-carried columns-left-behind columns-left-out "
            "columns-never-synced"
        ),
        "C.7": "import-failed mapped-column-missing mapping mapping-wrong",
        "C.9": (
            "column-count email-format fields-missing match-column-empty match-column-filled match-empty "
            "mobile-country mobile-format no-identity none-rejected not-decodable rows-rejected trailing-delimiter "
            "trailing-line type-format"
        ),
        "D": "delimiter-free delimiter-in-data",
    },
    Basis.OBSERVED: {
        "B.10": "ready-file-missing",
        "I.2": "key-announces-aead message-aead message-unprotected",
    },
    Basis.INFERRED: {
        "A.5": "login-unclear",
        "A.9": "next-run next-run-differs run-status-not-known schedule-differs",
        "A.10": (
            "campaigns-refused extra-role folders-refused list-role-works lists-not-readable lists-visible "
            "missing-list-role missing-table-role organization-not-root organizations-visible table-role-works"
        ),
        "B.5": "time-off-quarter-hour",
        "B.6": "date-suffix header-off",
        "B.8": "import-succeeded",
        "B.10": "file-growing",
        "C.5": (
            "audience-designer-off audience-designer-on audience-not-published audience-not-visible audience-unseen "
            "audience-visible behavior-shown"
        ),
        "C.7": "file-archived file-fetched file-not-fetched imports-outnumber-exports nothing-to-import",
        "D": "gap host-not-offered import-before-export",
        "H": "date-format date-format-ambiguous date-format-differs date-format-mixed",
    },
}
"""Codes of findings by basis and section of the facts; all others are `own`, and a test lists those."""

GROUNDS: Mapping[str, Ground] = {
    code: Ground(basis, section)
    for basis, sections in _CODES.items()
    for section, codes in sections.items()
    for code in codes.split()
}
"""Grounds by the code of a finding."""


def ground_of(code: str) -> Ground:
    """Return the ground of a code."""
    return GROUNDS.get(code, Ground(Basis.OWN))
