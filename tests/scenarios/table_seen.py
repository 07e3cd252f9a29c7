"""Where each planted mistake shows under real conditions, as data: measured, and held by a test.

The program sees what it would see with the real products: answers of the interfaces, files, keys, entries, and what a
person brings back of a screen. A trap that no row names is not visible there; the row then says by which symptom it
shows, if by any.
"""

from __future__ import annotations

from typing import NamedTuple


class Seen(NamedTuple):
    """The step at which a trap shows, and as what, where it is not named by its own code."""

    step: str
    symptom: str = ""


class Row(NamedTuple):
    """A trap, and where it shows in the default rehearsal and in a bare one; None: nowhere."""

    code: str
    source: str
    """What names it: `api`, `file` (exported), `key`, `entry`, or `message` (brought from a screen or log)."""
    default: Seen | None
    bare: Seen | None


ROWS = (
    Row("account-name-mismatch", "api", Seen("first-password"), Seen("first-password")),
    Row("wrong-login-host", "api", Seen("first-password"), Seen("first-password", "login-refused")),
    Row("identity-cloud-account", "", Seen("add-user", "screen-refused"), Seen("add-user", "screen-refused")),
    Row("host-unreachable", "api", Seen("account"), Seen("account")),
    Row("temporary-password", "api", Seen("first-password"), Seen("first-password", "login-refused")),
    Row("password-expired", "api", Seen("first-password"), Seen("first-password")),
    Row("password-locked", "api", Seen("first-password"), Seen("first-password")),
    Row("password-characters", "entry", Seen("first-password"), Seen("first-password")),
    Row("api-disabled", "api", Seen("first-password"), Seen("first-password")),
    Row("ip-restricted", "api", Seen("first-password"), Seen("first-password")),
    Row("throttled", "", None, None),
    Row("service-fault", "", None, None),
    Row("token-expired", "", None, None),
    Row("missing-list-role", "api", Seen("role-assignment"), Seen("role-assignment")),
    Row("missing-table-role", "api", Seen("role-assignment"), Seen("role-assignment")),
    Row("extra-role", "api", Seen("role-assignment"), Seen("role-assignment")),
    Row("organization-not-root", "api", Seen("organization-assignment"), Seen("organization-assignment")),
    Row("user-email-mismatch", "api", Seen("first-password"), Seen("first-password")),
    Row("user-locale", "api", Seen("first-password"), Seen("first-password")),
    Row(
        "integration-not-enabled",
        "",
        Seen("record-handling", "screen-refused"),
        Seen("record-handling", "screen-refused"),
    ),
    Row("list-missing", "api", Seen("integration-settings"), Seen("integration-settings", "screen-refused")),
    Row("match-column-absent", "api", Seen("integration-settings"), None),
    Row("match-column-empty", "api", Seen("integration-settings"), Seen("integration-settings")),
    Row("column-type-mismatch", "api", Seen("integration-settings"), None),
    Row("insert-irreversible", "entry", Seen("record-handling"), Seen("record-handling")),
    Row("private-key-file", "key", Seen("generate-key"), Seen("generate-key")),
    Row("not-a-key-file", "key", Seen("generate-key"), Seen("generate-key")),
    Row("key-expired", "key", Seen("generate-key"), Seen("generate-key")),
    Row("key-cannot-encrypt", "key", Seen("generate-key"), Seen("generate-key")),
    Row("key-weak", "key", Seen("generate-key"), Seen("generate-key")),
    Row("key-announces-aead", "key", Seen("generate-key"), Seen("generate-key")),
    Row("key-mismatch", "key", Seen("import-key"), Seen("import-key")),
    Row("job-name-invalid", "entry", Seen("select-object"), Seen("select-object")),
    Row("list-empty", "api", Seen("select-object"), Seen("select-object")),
    Row("header-off", "", Seen("imported-profiles", "import-failed"), Seen("imported-profiles", "import-failed")),
    Row("enclosure-on", "", Seen("imported-profiles", "import-failed"), Seen("imported-profiles", "import-failed")),
    Row("delimiter-in-data", "api", Seen("destination-specification"), Seen("destination-specification")),
    Row("date-suffix", "file", Seen("exported-file"), Seen("imported-profiles", "import-failed")),
    Row("no-expiration", "", Seen("export-schedule", "job-inactive"), Seen("export-schedule", "screen-refused")),
    Row("job-inactive", "api", Seen("export-schedule"), Seen("exported-file", "screen-refused")),
    Row("job-gone", "api", Seen("export-schedule"), Seen("exported-file", "screen-refused")),
    Row("host-key-changed", "key", Seen("destination-connectivity"), None),
    Row("sftp-auth", "key", Seen("destination-connectivity"), None),
    Row("file-missing", "file", Seen("exported-file"), Seen("imported-profiles", "import-failed")),
    Row("file-stale", "file", Seen("exported-file"), Seen("imported-profiles", "import-failed")),
    Row("file-growing", "", None, Seen("imported-profiles", "import-failed")),
    Row("file-empty", "file", Seen("exported-file"), Seen("imported-profiles", "import-failed")),
    Row("file-not-encrypted", "file", Seen("exported-file"), Seen("imported-profiles", "import-failed")),
    Row("file-wrong-recipient", "file", Seen("exported-file"), Seen("imported-profiles", "import-failed")),
    Row("ssh2-key-format", "key", Seen("ssh2-key"), Seen("ssh2-key")),
    Row("ssh2-key-pending", "entry", Seen("ssh2-key"), Seen("ssh2-key")),
    Row(
        "file-name-mismatch", "", Seen("imported-profiles", "import-failed"), Seen("imported-profiles", "import-failed")
    ),
    Row("import-before-export", "", None, None),
    Row(
        "match-column-differs",
        "",
        Seen("imported-profiles", "rows-rejected"),
        Seen("imported-profiles", "rows-rejected"),
    ),
    Row("mapping-wrong", "", Seen("import-schedule", "screen-refused"), Seen("import-schedule", "screen-refused")),
    Row("date-format-differs", "message", Seen("target-definition"), Seen("target-definition")),
    Row("rows-rejected", "message", Seen("imported-profiles"), Seen("imported-profiles")),
    Row("password-one-sided", "", Seen("go-live", "login-refused"), Seen("go-live", "login-refused")),
    Row("audience-designer-off", "api", Seen("go-live"), Seen("go-live")),
)

SCREENS_ONLY = frozenset(
    {
        "enclosure-on",
        "file-name-mismatch",
        "header-off",
        "identity-cloud-account",
        "import-before-export",
        "integration-not-enabled",
        "mapping-wrong",
        "match-column-differs",
        "no-expiration",
        "password-one-sided",
    }
)
"""Named by their own code only where the sandbox's screens are read: `--screens`."""
HEALED = frozenset({"throttled", "service-fault", "token-expired", "file-growing"})
"""Pass without anybody's doing: they are waited for, and never wrong."""


def named(seen: Seen | None) -> bool:
    """Say whether a trap is named by its cause."""
    return seen is not None and not seen.symptom
