"""The traps of the second half, from the export job to going live: each one planted, caught and named, and alone.

Every row is a whole rehearsal in a process of its own, over real sockets, forked where everything is loaded already.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from cxr_tui.sandbox.scenarios import known_scenarios
from support.processes.preloaded_python import cxr_tui


class Trap(NamedTuple):
    """A planted fault, the step at which it is named, and what evidence and remedy must say."""

    code: str
    step: str
    seen: tuple[str, ...]
    remedy: tuple[str, ...]
    status: str = "fail"
    """`warn` where the rule is inferred, `unknown` where only time shows."""


EXPORT = "Data > Connect > Manage Connect > Export CUSTOMERS for CX Audience"
IMPORT = "Data > Connect > Manage Connect > Import CUSTOMERS from Responsys"

TRAPS = (
    Trap("job-name-invalid", "select-object", ('":"', "number 7"), ("Export_ CUSTOMERS for CX Audience",)),
    Trap("list-empty", "select-object", ("CUSTOMERS has no records", "LOYALTY ("), ("Data > Profile Lists",)),
    Trap("host-key-changed", "destination-connectivity", ("key is SHA256:", "shows SHA256:"), ("Do not go on",)),
    Trap(
        "sftp-auth",
        "destination-connectivity",
        ("ssh-rsa, 2048 bits, SHA256:", "acmeretail_scp", "shows no key"),
        ("SSH2 Keys management", "Completed"),
    ),
    Trap("header-off", "destination-specification", ("not selected",), (EXPORT, "select Insert column header"), "warn"),
    Trap("enclosure-on", "destination-specification", ('"""', '"None"'), (EXPORT, 'set Field enclosure to "None"')),
    Trap(
        "delimiter-in-data",
        "destination-specification",
        ("sample records", "comma", "POSTAL_STREET_1_ ("),
        ("Semicolon, Tab, Pipe",),
    ),
    Trap("date-suffix", "destination-specification", ("YYYYMMDD_HH24MISS",), ('set Suffix to "No suffix"',), "warn"),
    Trap("no-expiration", "export-schedule", ('Expiration: ""',), ('set Expiration to "Never expire"',)),
    Trap("job-inactive", "export-schedule", ("exists, but is inactive",), (f"{EXPORT} > Schedule", "Activate")),
    Trap("job-gone", "export-schedule", ('named "Export CUSTOMERS for CX Audience"',), ("Never expire",)),
    Trap("file-missing", "exported-file", ("no CUSTOMERS.csv.gpg in download", "is in upload"), ("download",)),
    Trap("file-stale", "exported-file", ("21 days", "CUSTOMERS_NEW.csv.gpg"), ("File to be created",)),
    Trap("file-growing", "exported-file", ("has not ended after",), ("Oracle Support",), "unknown"),
    Trap("file-empty", "exported-file", ("no record", "the selected list has 60"), ("Select object",)),
    Trap("file-not-encrypted", "exported-file", ("download/CUSTOMERS.csv is plain text",), ("Delete", "Compress and")),
    Trap("file-wrong-recipient", "exported-file", ("is encrypted to", "the key of CX Audience is"), ("key id",)),
    Trap("ssh2-key-format", "ssh2-key", ("2048 bits, SHA256:", "wrapped, quoted, joined"), ("A repaired copy is at",)),
    Trap(
        "ssh2-key-pending",
        "ssh2-key",
        ("has been Processing since", "business day 1", "usually 2 to 10"),
        ("service request", "CXAudienceacmeretail", "SHA256:"),
    ),
    Trap(
        "file-name-mismatch",
        "source-specification",
        ('"CUSTOMERS.csv"', '"CUSTOMERS.csv.gpg"'),
        (IMPORT, 'set File name to "CUSTOMERS.csv.gpg"'),
    ),
    Trap("match-column-differs", "target-definition", ('"EMAIL_ADDRESS_"', '"CUSTOMER_ID_"'), (IMPORT,)),
    Trap(
        "mapping-wrong",
        "target-definition",
        ("RIID_ to RIID_", "LAST_NAME to CITY_", "LIFETIME_VALUE to LOYALTY_TIERS"),
        ("leave RIID_ unmapped", "change LAST_NAME to LAST_NAME"),
    ),
    Trap(
        "date-format-differs",
        "target-definition",
        ("DD/MM/yyyy HH24:mi:ss", "MM/dd/RRRR HH24:mi:ss"),
        ("Set the date format for uploads", "applies to all jobs"),
        "warn",
    ),
    Trap("import-before-export", "import-schedule", ("03:45", "before the next export"), ("30 minutes",), "warn"),
    Trap(
        "rows-rejected",
        "imported-profiles",
        ("10 of 60", "5 for INVALID FORMAT FOR MOBILE NUMBER", "MOBILE_NUMBER_ '500-555-0142'"),
        ("Download Rejected Records", "CUSTOMERS"),
    ),
    Trap("password-one-sided", "go-live", ("INVALID_USER_NAME_PASSWORD",), ("Account > Integration settings",)),
    Trap("audience-designer-off", "go-live", ("does not list the audience CX Audience",), ("3-38114092650",), "warn"),
)


@pytest.mark.sampled(1)
@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.code)
def test_a_trap_is_named_at_its_step_and_nothing_else_is_wrong(tmp_path: Path, trap: Trap) -> None:
    ended = cxr_tui(
        "rehearse", "--screens", "--people", "60", "--scenario", trap.code, "--json", home=tmp_path, limit=240
    )
    assert ended.code == (trap.status != "warn"), ended.err[-2000:]
    named = [
        (step["id"], finding)
        for step in ended.document["steps"]
        for finding in step["findings"]
        if finding["status"] in ("fail", "warn", trap.status)
    ]
    assert {(step, finding["code"]) for step, finding in named} == {(trap.step, trap.code)}
    finding = named[0][1]
    assert finding["status"] == trap.status
    for words in trap.seen:
        assert words in finding["seen"]
    for words in trap.remedy:
        assert words in finding["remedy"]
    assert finding["why"].endswith(".")


def test_every_trap_of_the_table_can_be_planted() -> None:
    assert {trap.code for trap in TRAPS} <= set(known_scenarios())
    assert len(TRAPS) == 27
