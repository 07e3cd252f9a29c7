"""Checks of an exported file without decrypting it: encryption, recipients, and size."""

from __future__ import annotations

from collections.abc import Sequence

from cxr_tui.domain.certainty import inferred
from cxr_tui.domain.finding import Report
from cxr_tui.domain.responsys_data import HIDDEN_RECIPIENT, MessageInfo
from cxr_tui.domain.text import counted

HEAD = 16_384
"""Bytes read from a file's beginning: enough for the packets that name some thirty recipients."""

WHOLE = 2_000_000
"""A file of at most this many bytes is read to its end, which shows whether it was cut off; more takes too long."""

_SPECIFICATION = "destination-specification"
_UNREADABLE = "CX Audience can read only files that are encrypted to its own key; the import would fail."

_BYTES_PER_RECORD = 2
"""Even the best compression leaves more than this of one record, so a smaller file has hardly any records."""
_HEADER_ONLY = 2_000
"""Below this many records a small file proves nothing: the header and the encryption take some bytes too."""


def check_encryption(
    report: Report,
    message: MessageInfo,
    key_ids: Sequence[str],
    name: str,
    *,
    all_key_ids: Sequence[str] = (),
    whole: bool = False,
) -> bool:
    """Report and return whether the file is encrypted to the key of CX Audience and to no other.

    `key_ids` are the long ids of that key's encryption subkeys, empty where they are not known; `all_key_ids` those of
    all its parts, as far as they are known. `whole` says that `message` was read from all of the file.
    """
    if not message.encrypted:
        report.fail(
            "file-not-encrypted",
            f"{name} is {message.what}, not an encrypted file.",
            "Personal data is readable on the file server, and the import cannot read an unencrypted file.",
            f"Delete {name} from the file server. Then open Destination Specification of the export job, select "  # nosec B608  # an instruction, no query
            "Compress and encrypt file with PGP/GPG key with the key of CX Audience, save, and run the job again.",
            at=_SPECIFICATION,
        )
        return False
    if whole and not message.complete:
        report.fail(
            "file-cut-off",
            f"{name} is an {message.what} that is cut off.",
            "The transfer to the file server was interrupted, so the file cannot be decrypted.",
            "Check the newest run in Data > Connect > Manage Connect > Completed Jobs, and run the job again.",
        )
    found = [recipient.upper() for recipient in message.recipients]
    right = ", ".join(sorted(key_id.upper() for key_id in key_ids))
    ours = {key_id.upper() for key_id in (*key_ids, *all_key_ids)}
    strangers = [one for one in found if one not in ours and one != HIDDEN_RECIPIENT]
    listed = ", ".join(found) or "an unnamed recipient"
    if not key_ids:
        report.unknown(
            "recipients-not-compared",
            f"{name} is encrypted to {listed}.",
            "The wizard has not read the key of CX Audience, so it cannot compare.",
            "Check step 10, Generate key, again.",
        )
    elif strangers or message.by_password:
        others = [*strangers, *(["a password"] if message.by_password else [])]
        seen = f"{name} is encrypted to {', '.join(others)}"
        if ours & set(found):
            report.warn(
                "file-wrong-recipient",
                f"{seen} as well as to the key of CX Audience, {right}.",
                "The owner of the other key can read the file too. Oracle does not say whether Responsys also encrypts "
                "to its own key.",
                "Check the key in Destination Specification of the export job. If only the key of CX Audience is "
                "selected there, continue.",
                ground=inferred("B.10"),
            )
        else:
            report.fail(
                "file-wrong-recipient",
                f"{seen}; the key of CX Audience is {right}.",
                _UNREADABLE,
                "Open Destination Specification of the export job, click Select or import key, select the key of CX "
                f"Audience (encryption key id {right}) and save. Delete {name} on the file server, and run the job "
                "again.",
                at=_SPECIFICATION,
            )
            return False
    elif HIDDEN_RECIPIENT in found:
        report.unknown(
            "recipients-hidden",
            f"{name} is encrypted, but does not name a recipient.",
            "Only the import shows whether CX Audience can read it.",
            "Continue. If the import fails, check the key in Destination Specification first.",
        )
    elif not set(found) & {key_id.upper() for key_id in key_ids}:
        report.warn(
            "recipient-other-subkey",
            f"{name} is encrypted to {listed}: a part of the key of CX Audience, but not its encryption key ({right}).",
            "The private key can decrypt the file. Oracle does not say whether the import accepts it.",
            "Compare the key in Destination Specification of the export job with the newest public key of CX Audience: "
            "download it again, and import it in Responsys under a new name.",
            ground=inferred("B.10"),
        )
    else:
        report.passed("recipient", f"{name} is encrypted to the key of CX Audience ({listed}) and to no other.")
    check_format(report, message, name)
    return not report.found("file-cut-off")


def check_size(report: Report, size: int | None, counted_records: int | None, in_list: int | None, name: str) -> None:
    """Report an empty file: no bytes, no records, or too few bytes for its records.

    `size` comes from the file server, `counted_records` from the ready file or the run, `in_list` from the list; None:
    not known.
    """
    records = in_list if counted_records is None else counted_records
    if size != 0 and counted_records == 0:
        there = "" if in_list is None else f"; the selected list has {in_list:,}"
        seen = f"{name} ({bytes_of(size)}) contains no record by its own count{there}."
    elif size is None:
        report.unknown(
            "file-size-unknown",
            f"The file server does not report the size of {name}.",
            "The size cannot show whether the file contains the records.",
            "Read the size with another SFTP program, or continue; the import shows how many records it read.",
        )
        return
    elif not size:
        seen = f"{name} has 0 bytes."
    elif records is not None and records >= _HEADER_ONLY and size < records * _BYTES_PER_RECORD:
        seen = (
            f"{name} has {counted(size, 'byte')}; {records:,} records need more, so it contains little but the header."
        )
    else:
        each = f", {size // records:,} for each of {counted(records, 'record')}" if records else ""
        report.passed("file-size", f"{name} has {counted(size, 'byte')}{each}.")
        return
    report.fail(
        "file-empty",
        seen,
        "The import would bring no profiles.",
        "Check Select object of the export job: the list must be right, without a filter or option that excludes "
        "records (such as only records since the last run). Then run the job again.",
        at="select-object",
        identity=name,
    )


def bytes_of(size: int | None) -> str:
    """Return a file's size in words."""
    return "a size that the file server does not report" if size is None else counted(size, "byte")


def check_count(report: Report, records: int, in_list: int) -> None:
    """Report whether the export's count fits the number of records in the list."""
    seen = f"The export counts {counted(records, 'record')}; the list has {in_list:,} now."
    if records == in_list:
        report.passed("record-count", seen)
    elif abs(records - in_list) <= max(10, in_list // 20):
        report.passed("record-count", f"{seen} The list may have changed since the run.")
    else:
        report.warn(
            "record-count-differs",
            seen,
            "A part of the list is missing from the file, or the list has changed a lot since.",
            "Check Select object of the export job for a filter, then the job execution log of the run.",
        )


def check_format(report: Report, message: MessageInfo, name: str) -> None:
    """Report a kind of encryption that not every program can read."""
    if message.aead:
        report.warn(
            "message-aead",
            f"{name} uses AEAD encryption, which older OpenPGP software cannot read.",
            "The import may be unable to decrypt it.",
            "Generate the key in CX Audience again; it should not announce AEAD.",
        )
    elif message.begun and not message.integrity:
        report.warn(
            "message-unprotected",
            f"{name} has no integrity protection.",
            "Newer OpenPGP software refuses such files.",
            "If the import fails, ask Oracle Support how Responsys encrypts with this key.",
        )
