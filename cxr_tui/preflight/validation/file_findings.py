"""Findings about a file as a whole: reasons why an import, or preflight itself, cannot read it."""

from __future__ import annotations

from collections.abc import Sequence

from cxr_tui.domain.finding import Report
from cxr_tui.domain.responsys_data import HIDDEN_RECIPIENT, MessageInfo
from cxr_tui.domain.text import visible
from cxr_tui.preflight.reading.decode import FAILS
from cxr_tui.preflight.reading.decrypt import wrong_key


def check_recipients(
    report: Report, message: MessageInfo, own: Sequence[str] | None, import_key_ids: Sequence[str]
) -> bool:
    """Report the recipients of a message where it cannot be read, and return whether it can be read here.

    `own` are the ids of the given private key, None without one; `import_key_ids` those of CX Audience's key, empty
    where they are not known.
    """
    found = [one.upper() for one in message.recipients]
    listed = _listed(found) or "unnamed keys"
    to_import = bool(set(found) & {one.upper() for one in import_key_ids}) or HIDDEN_RECIPIENT in found
    to_us = bool(set(found) & {one.upper() for one in own or ()}) or (own is not None and HIDDEN_RECIPIENT in found)
    if import_key_ids and not to_import and not to_us:
        report.fail(
            "file-wrong-recipient",
            f"The file is encrypted to {listed}; the key of CX Audience is {', '.join(import_key_ids)}.",
            "CX Audience can only decrypt files that are encrypted to its own key, so the import fails.",
            "Open Destination Specification of the export job, press Select or import key, choose the key of CX "
            "Audience, save, and let the job run again.",
        )
        return False
    if to_us or (own is not None and not found):
        return True
    if own is None or (import_key_ids and to_import):
        report.unknown(
            "not-readable-here",
            f"The file is encrypted to {listed}, and "
            f"{'no private key was given' if own is None else 'the given key is a different one'}.",
            "Only the holder of the private key can decrypt this file, and that is probably CX Audience."
            if not import_key_ids or not to_import
            else "Only CX Audience can decrypt this file.",
            "Make a rehearsal key pair (in the wizard under Preflight, or with cxr-tui preflight --rehearsal make), "
            "import its public key in Responsys, let one export run with it, and preflight that file."
            if own is None
            else "Choose the rehearsal key in Destination Specification of the export job, let it run once, and "
            "preflight its file.",
        )
    else:
        report.add(wrong_key(found, own).finding)
    return False


def report_utf_16(report: Report, charset: str) -> None:
    """Report UTF-16 where another character set was expected."""
    report.fail(
        "charset-utf-16",
        f"The file is UTF-16; the import expects {charset}.",
        f"{FAILS} Preflight reads it as UTF-16 to find further problems.",
        "Select Unicode (UTF-8) as Character set in Destination Specification and in Source Specification.",
    )


def report_many_recipients(report: Report, looked_at: int) -> None:
    """Report session keys without an end; a program that decrypts has to try each of them."""
    report.fail(
        "too-many-recipients",
        f"The first {looked_at:,} bytes of the file hold only recipients, and more follow.",
        "An export is encrypted to one recipient. To decrypt this file, a program has to try each of them.",
        "Select only the key of CX Audience in Destination Specification of the export job, and let it run again.",
    )


def report_empty(report: Report, seen: str) -> None:
    """Report a file without a record."""
    report.fail(
        "file-empty",
        seen,
        "The import would load no record, and fails.",
        "Check Select object of the export job: the list must be right, and no option may exclude every record.",
    )


def _listed(recipients: Sequence[str]) -> str:
    return ", ".join(visible(one, 40) for one in recipients)
