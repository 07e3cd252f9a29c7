"""What an exported file is seen to be from outside: encrypted, to whom, and whether its size is plausible."""

from __future__ import annotations

from collections.abc import Sequence

from cxr_tui.domain.certainty import inferred
from cxr_tui.domain.finding import Report
from cxr_tui.domain.responsys_data import HIDDEN_RECIPIENT, MessageInfo
from cxr_tui.domain.text import counted

HEAD = 16_384
"""Bytes read from a file's beginning: enough for the packets that name some thirty recipients."""

WHOLE = 2_000_000
"""A file of at most so many bytes is read to its end, which shows whether it was cut off; a larger one takes long."""

_SPECIFICATION = "destination-specification"
_UNREADABLE = "CX Audience can read only what is encrypted to its own key; the import would fail."

_BYTES_PER_RECORD = 2
"""Even the best compression leaves more than this of one record, so a file below it holds no records to speak of."""
_HEADER_ONLY = 2_000
"""Below this many records a small file proves nothing, for the header and the encryption alone take some bytes."""


def check_encryption(
    report: Report,
    message: MessageInfo,
    key_ids: Sequence[str],
    name: str,
    *,
    all_key_ids: Sequence[str] = (),
    whole: bool = False,
) -> bool:
    """Report whether the file is encrypted to the key of CX Audience and to no other; return whether it is.

    `key_ids` are the long ids of that key's encryption subkeys, empty where they are not known; `all_key_ids` those of
    all its parts, as far as they are known. `whole` says that `message` was read from all of the file.
    """
    if not message.encrypted:
        report.fail(
            "file-not-encrypted",
            f"{name} is {message.what}, not an encrypted file.",
            "Personal data lies on the file server in the clear, and the import cannot read a file that is not "
            "encrypted.",
            f"Delete {name} from the file server. Then open Destination Specification of the export job, select "  # nosec B608  # an instruction, no query
            "Compress and encrypt file with PGP/GPG key with the key of CX Audience, save, and let the job run again.",
            at=_SPECIFICATION,
        )
        return False
    if whole and not message.complete:
        report.fail(
            "file-cut-off",
            f"{name} is an {message.what} that breaks off before its own end.",
            "The transfer to the file server was broken off; nobody can decrypt what is there.",
            "Look at the newest run in Data > Connect > Manage Connect > Completed Jobs, and let the job run again.",
        )
    found = [recipient.upper() for recipient in message.recipients]
    right = ", ".join(sorted(key_id.upper() for key_id in key_ids))
    ours = {key_id.upper() for key_id in (*key_ids, *all_key_ids)}
    strangers = [one for one in found if one not in ours and one != HIDDEN_RECIPIENT]
    listed = ", ".join(found) or "nobody named"
    if not key_ids:
        report.unknown(
            "recipients-not-compared",
            f"{name} is encrypted to {listed}.",
            "The key of CX Audience was not read, so there is nothing to compare with.",
            "Check the step Select or generate key again.",
        )
    elif strangers or message.by_password:
        others = [*strangers, *(["a password"] if message.by_password else [])]
        seen = f"{name} is encrypted to {', '.join(others)}"
        if ours & set(found):
            report.warn(
                "file-wrong-recipient",
                f"{seen} as well as to the key of CX Audience, {right}.",
                "Whoever holds the other key can read the file too. Oracle does not say whether Responsys encrypts to "
                "a key of its own.",
                "Look at the key in Destination Specification of the export job. If only the key of CX Audience is "
                "chosen there, go on.",
                ground=inferred("B.10"),
            )
        else:
            report.fail(
                "file-wrong-recipient",
                f"{seen}; the key of CX Audience is {right}.",
                _UNREADABLE,
                "Open Destination Specification of the export job, press Select or import key, choose the key of CX "
                f"Audience (encryption key id {right}) and save. Remove {name} there, and let the job run again.",
                at=_SPECIFICATION,
            )
            return False
    elif HIDDEN_RECIPIENT in found:
        report.unknown(
            "recipients-hidden",
            f"{name} is encrypted, but names no recipient.",
            "Whether CX Audience can read it is then known only after the import.",
            "Go on; if the import fails, look at the key in Destination Specification first.",
        )
    elif not set(found) & {key_id.upper() for key_id in key_ids}:
        report.warn(
            "recipient-other-subkey",
            f"{name} is encrypted to {listed}: a part of the key of CX Audience, but not one that is meant for "
            f"encryption now ({right}).",
            "Whoever holds the private key can read the file. Whether the import accepts it, Oracle does not say.",
            "Compare the key in Destination Specification of the export job with the newest public key of CX Audience: "
            "download it there again, and import it in Responsys under a new name.",
            ground=inferred("B.10"),
        )
    else:
        report.passed("recipient", f"{name} is encrypted to the key of CX Audience ({listed}) and to no other.")
    check_format(report, message, name)
    return not report.found("file-cut-off")


def check_size(report: Report, size: int | None, told: int | None, in_list: int | None, name: str) -> None:
    """Report an empty file: no bytes, no records by the count that came with it, or too few bytes for that many.

    `size` is the file server's, `told` is what ready file or run say, `in_list` how many records the list has; None:
    not known.
    """
    records = in_list if told is None else told
    if size != 0 and told == 0:
        there = "" if in_list is None else f"; the list that was chosen here has {in_list:,}"
        seen = f"{name} ({bytes_of(size)}) holds the header and no record by its own count{there}."
    elif size is None:
        report.unknown(
            "file-size-unknown",
            f"The file server does not report the size of {name}.",
            "Whether the file holds the records cannot be told by its size.",
            "Compare the size with another SFTP program, or go on; the import shows how many records it read.",
        )
        return
    elif not size:
        seen = f"{name} has no bytes at all."
    elif records is not None and records >= _HEADER_ONLY and size < records * _BYTES_PER_RECORD:
        seen = (
            f"{name} has {counted(size, 'byte')}; {records:,} records take more, so it can hold little but the header."
        )
    else:
        each = f", {size // records:,} for each of {counted(records, 'record')}" if records else ""
        report.passed("file-size", f"{name} has {counted(size, 'byte')}{each}.")
        return
    report.fail(
        "file-empty",
        seen,
        "The import would bring nobody.",
        "Look at Select object of the export job: the right list, and no filter or option that leaves everybody out "
        "(such as only records since the last run). Then let the job run again.",
        at="select-object",
        identity=name,
    )


def bytes_of(size: int | None) -> str:
    """Return a file's size in words."""
    return "a size that the file server does not report" if size is None else counted(size, "byte")


def check_count(report: Report, records: int, in_list: int) -> None:
    """Report whether the export's own count goes with the number of records that the list has now."""
    seen = f"The export counts {counted(records, 'record')}; the list has {in_list:,} now."
    if records == in_list:
        report.passed("record-count", seen)
    elif abs(records - in_list) <= max(10, in_list // 20):
        report.passed("record-count", f"{seen} People come and go between a run and this look.")
    else:
        report.warn(
            "record-count-differs",
            seen,
            "A part of the list is missing from the file, or the list has changed much since.",
            "Look at Select object of the export job for a filter, then at the job execution log of the run.",
        )


def check_format(report: Report, message: MessageInfo, name: str) -> None:
    """Report a form of encryption that not every program reads; `name` is the file's, safe to show."""
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
            f"{name} carries no integrity protection.",
            "Newer OpenPGP software refuses such files.",
            "If the import fails, ask Oracle Support how Responsys encrypts with this key.",
        )
