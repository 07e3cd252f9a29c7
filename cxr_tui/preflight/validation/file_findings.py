"""Findings about a file as a whole: what keeps an import, or preflight itself, from reading it."""

from __future__ import annotations

from collections.abc import Sequence

from cxr_tui.domain.finding import Report
from cxr_tui.domain.responsys_data import MessageInfo
from cxr_tui.domain.text import visible
from cxr_tui.gateways.openpgp.file_type import EMPTY, PLAIN_TEXT, UNKNOWN, what_is
from cxr_tui.preflight.reading.decode import Kind, kind_of, packing_of
from cxr_tui.preflight.reading.decrypt import NotForThisKeyError
from cxr_tui.preflight.validation.rules import MOST_COLUMNS, MOST_LINE_BYTES

HIDDEN = "0" * 16
"""The key id of a recipient that does not want to be named (RFC 4880, 5.1)."""
_FAILS = "The import fails as a whole."
_AGAIN = "Let the export job run again, and look at the log of its run if the file is like that again."


def check_recipients(
    report: Report, message: MessageInfo, own: Sequence[str] | None, import_key_ids: Sequence[str]
) -> bool:
    """Report to whom a message is encrypted, and return whether it can be read here.

    `own` are the key ids that are at hand, None where no key was given; `import_key_ids` those of CX Audience's key,
    empty where they are not known.
    """
    found = [one.upper() for one in message.recipients]
    listed = ", ".join(visible(one, 40) for one in found) or "nobody named"
    to_import = bool(set(found) & {one.upper() for one in import_key_ids}) or HIDDEN in found
    to_us = bool(set(found) & {one.upper() for one in own or ()}) or (own is not None and HIDDEN in found)
    if import_key_ids and not to_import and not to_us:
        report.fail(
            "file-wrong-recipient",
            f"The file is encrypted to {listed}; the key of CX Audience is {', '.join(import_key_ids)}.",
            "CX Audience can read only what is encrypted to its own key, so the import fails.",
            "Open Destination Specification of the export job, press Select or import key, choose the key of CX "
            "Audience, save, and let the job run again.",
        )
        return False
    if to_us or (own is not None and not found):
        return True
    if own is None or (import_key_ids and to_import):
        here = "no private key was given" if own is None else "the key at hand is another one"
        report.unknown(
            "not-readable-here",
            f"The file is encrypted to {listed}, and {here}.",
            "Only who holds the private key can look inside; of CX Audience's key that is CX Audience alone.",
            "Make a rehearsal pair (in the wizard under Preflight, or by cxr-tui preflight --rehearsal make), import "
            "its public key in Responsys, let one export run with it, and preflight that file."
            if own is None
            else "Choose the rehearsal key in Destination Specification of the export job, let it run once, and "
            "preflight its file.",
        )
    else:
        report.fail(
            "file-wrong-recipient",
            f"The file is encrypted to {listed}; the key at hand is {', '.join(own) or 'none that encrypts'}.",
            "It cannot be read with this key.",
            "Choose the key of the rehearsal pair in Destination Specification of the export job and let it run again, "
            "or give the private key that belongs to the file.",
        )
    return False


def report_wrong_key(report: Report, error: NotForThisKeyError) -> None:
    """Report a message that gpg could not open."""
    if error.locked:
        report.unknown(
            "key-locked",
            "The private key is the right one, and its passphrase is missing or wrong.",
            "Nothing could be read.",
            "Give the passphrase by --passphrase-stdin. Of a rehearsal pair it lies in the keyring; where it is lost "
            "there, make a new pair.",
        )
        return
    listed = ", ".join(visible(one, 40) for one in error.recipients)
    report.fail(
        "file-wrong-recipient",
        f"The file is encrypted to {listed}; the key at hand is {', '.join(error.own)}.",
        "It cannot be read with this key.",
        "Give the private key that belongs to the file.",
    )


def report_damaged(report: Report, words: str) -> None:
    """Report data that ends or changes in the middle."""
    report.fail(
        "file-damaged",
        f"The file is cut off or damaged: {words or 'it ends too early'}.",
        f"{_FAILS} The numbers here go as far as the reading went.",
        f"Compare the file's size with that on the file server, and fetch it again. {_AGAIN}",
    )


class OtherTypeError(Exception):
    """The text is another type of file."""

    def __init__(self, what: str, *, packed: bool) -> None:
        super().__init__(what)
        self.packed = packed


def require_text(head: bytes) -> None:
    """Raise OtherTypeError where text begins like another type of file."""
    kind = kind_of(head)
    if kind is not Kind.TEXT:
        raise OtherTypeError(packing_of(head) or kind.value, packed=True)
    what = what_is(head)
    if head.lstrip()[:1] in (b"{", b"["):
        what = "JSON document"
    if what not in (PLAIN_TEXT, UNKNOWN, EMPTY):
        raise OtherTypeError(what, packed=False)


def report_other_type(report: Report, error: OtherTypeError) -> None:
    """Report a file that holds no delimited text."""
    if error.packed:
        report.fail(
            "file-compressed",
            f"What the file holds is a {error}, not text.",
            f"An import undoes only the compression that belongs to OpenPGP encryption (inferred). {_FAILS} The "
            "records were not read.",
            "Select Compress and encrypt file with PGP/GPG key in Destination Specification of the export job.",
        )
    else:
        report.fail(
            "file-other-type",
            f"What the file holds is not a list of records but: {error}.",
            f"{_FAILS} The records were not read.",
            f"Look at the name and the path of the file. {_AGAIN}",
        )


def report_utf_16(report: Report, charset: str) -> None:
    """Report UTF-16 where something else was expected."""
    report.fail(
        "charset-utf-16",
        f"The file is UTF-16; it was to be read as {charset}.",
        f"{_FAILS} It is read as UTF-16 here, to say what else there is.",
        "Select Unicode (UTF-8) as Character set in Destination Specification and in Source Specification.",
    )


def report_long_line(report: Report, line: int) -> None:
    """Report a line without an end."""
    report.fail(
        "line-too-long",
        f"Line {line:,} has more than {MOST_LINE_BYTES:,} bytes.",
        "No record is that long, so this is not the text that was to be exported. The reading stopped there.",
        _AGAIN,
    )


def report_wide_header(report: Report, columns: int) -> None:
    """Report more columns than a list can have."""
    report.fail(
        "too-many-columns",
        f"The first line has {columns:,} fields; more than {MOST_COLUMNS:,} are not read.",
        "No list has that many columns, so the delimiter is another one or this is another file.",
        "Compare Field delimiter in Destination Specification and Source Specification.",
    )


def report_bomb(report: Report, words: str) -> None:
    """Report what unpacks without end."""
    report.fail(
        "compression-bomb",
        f"{words}.",
        "Records do not shrink like that. The reading stopped, so that it does not fill this machine.",
        _AGAIN,
    )


def report_nested(report: Report) -> None:
    """Report packets within packets."""
    report.fail(
        "message-nested",
        "The file is packed again and again, deeper than an OpenPGP program looks.",
        f"No export packs a file more than once. {_FAILS} The reading stopped there.",
        _AGAIN,
    )


def report_many_recipients(report: Report, looked_at: int) -> None:
    """Report session keys without an end; each of them costs whoever decrypts a try."""
    report.fail(
        "too-many-recipients",
        f"The first {looked_at:,} bytes of the file are nothing but recipients, and there are more.",
        "An export is encrypted to one. Whoever decrypts it has to try them one by one. Nothing was tried here.",
        "Select the key of CX Audience alone in Destination Specification of the export job, and let it run again.",
    )


def report_empty(report: Report) -> None:
    """Report a file without a single record, not even column names."""
    report.fail(
        "file-empty",
        "The file holds nothing but blanks.",
        "The import would bring nobody, and fails.",
        "Look at Select object of the export job: the right list, and no option that leaves everybody out.",
    )
