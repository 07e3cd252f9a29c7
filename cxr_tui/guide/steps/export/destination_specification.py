"""Step 14, Destination Specification: name, format and encryption of the exported file."""

from __future__ import annotations

import re
from collections import Counter

from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.finding import Fix, Outcome
from cxr_tui.domain.instruction import Mismatch, Visit
from cxr_tui.domain.responsys_data import DELIMITERS
from cxr_tui.guide.checks.common import integration_user, look
from cxr_tui.guide.checks.entries import check_entries
from cxr_tui.guide.checks.export.completeness import AS_SHOWN, NO_READY_FILE, READY_WITH_COUNT, ready_file_wanted
from cxr_tui.guide.checks.export.file_name import (
    COMPRESS,
    COMPRESS_AND_ENCRYPT,
    DATE_PATTERNS,
    ENCRYPT,
    ID,
    NO_PREFIX,
    NO_SUFFIX,
    PLAIN,
    extension_of,
)
from cxr_tui.guide.checks.members import look_up
from cxr_tui.guide.definition import Check, Field, Kind, Note, Part, Product, Step, keys_of
from cxr_tui.guide.forms.connect_job import EXPORT_JOB
from cxr_tui.guide.forms.validators import file_name, one_line

NO_ENCLOSURE = "None"
_READY_EMPTY = "Create empty file"
_READY_FILE = "Additional ready file at completion of download"

_SEEN = "Seen on published screenshots of the Export Data wizard (observed)"

_DATED = Mismatch(
    "date-suffix", "The import probably looks for one fixed name; a name with a date changes with every run."
)


def _visits(known: Known) -> tuple[Visit, ...]:
    entries = {**STEP.entries(known), "Extension": extension_of(known)}
    if entries[_READY_FILE] == AS_SHOWN:
        del entries[_READY_FILE]
    return (
        EXPORT_JOB.screen(
            known,
            "Destination Specification",
            entries,
            mismatches=STEP.mismatches,
            note="Key: click Select or import key and select the public key of step 11. Keep the default of every "
            "field not named here. The procedure itself names only the file, Field enclosure and "
            "Encryption/compression.",
        ),
    )


async def _check(c: Check) -> Outcome:
    check_entries(c, STEP)
    _check_encryption(c)
    await _search_sample(c)
    return c.report.confirmable()


def _check_encryption(c: Check) -> None:
    """Judge the entry alone: the step that sees the file judges what the screen is set to."""
    report, encryption, key = c.report, c.known.text(f"{ID}.encryption"), c.known.text(f"{ID}.key")
    use_both = Fix("Compress and encrypt", {f"{ID}.encryption": COMPRESS_AND_ENCRYPT})
    remedy = f"Select {COMPRESS_AND_ENCRYPT}, then the key {key}."
    if encryption == COMPRESS_AND_ENCRYPT:
        report.entered("encryption", f"{COMPRESS_AND_ENCRYPT}, with the key {key}.")
    elif encryption == ENCRYPT:
        why = (
            "It works, but the procedure asks for compression too; without it large lists take much longer to transfer."
        )
        report.warn("not-compressed", "The file is encrypted, but not compressed.", why, remedy, use_both)
    else:
        why = "The import expects an encrypted file, and personal data would be unencrypted."
        report.fail("encryption-off", f"Encryption/compression is {encryption}.", why, remedy, use_both)


async def _search_sample(c: Check) -> None:
    """Search the sample records for the delimiter."""
    values = c.known.lines("integration-settings.known_members")
    column = c.known.text("integration-settings.match_column")
    responsys = await integration_user(c)
    if not values or responsys is None:
        lacking = "the integration user's password is not stored" if values else "no sample records were entered"
        c.report.unknown(
            "sample-not-searched",
            f"No values could be searched for the delimiter: {lacking}.",
            "Without an enclosure, a single delimiter in a name or street shifts every column after it.",
            f"{'Enter it at step 6' if values else 'Enter a few typical records at step 8'}, or check your data "
            "yourself.",
        )
        return
    looking = look_up(responsys, c.known.text("select-object.list"), column, values)
    found = await look(c, "Reading the sample records", looking)
    if found is None:
        return
    records = [record for record in found.values() if record is not None]
    if not records:
        c.report.unknown(
            "sample-not-searched",
            f"None of the {len(values)} sample records is in {c.known.text('select-object.list')}.",
            "No values could be searched for the delimiter.",
            "Check the sample records of step 8.",
        )
        return
    chosen = c.known.text(f"{ID}.delimiter")
    holding = {name: sum(char in "".join(one.values()) for one in records) for name, char in DELIMITERS.items()}
    if not holding.get(chosen):
        c.report.passed("delimiter-free", f"None of the {len(records)} sample records contains a {chosen.lower()}.")
        return
    free = [name for name, count in holding.items() if not count]
    counts = Counter(column for one in records for column, value in one.items() if DELIMITERS[chosen] in value)
    columns = ", ".join(f"{column} ({count})" for column, count in counts.items())
    c.report.fail(
        "delimiter-in-data",
        f"{holding[chosen]} of {len(records)} sample records contain a {chosen.lower()} in a value: {columns}.",
        "Without an enclosure such a value looks like two columns; these rows would be rejected or shifted.",
        f"Select another delimiter in both jobs. Not used in this sample: {', '.join(free)}."
        if free
        else "Clean the data first: this sample uses every delimiter.",
        Fix(f"Use {free[0]}", {f"{ID}.delimiter": free[0]}) if free else None,
    )


def _extension(value: Value, known: Known) -> str | None:
    return file_name(str(value).lstrip("."), known)


_FIELDS = (
    Field(
        "file_name",
        "File to be created",
        help="The file name without date and extension; the import job must use the same name. (Oracle says: enter the "
        "file name and suffix.)",
        default=lambda known: re.sub(r"[^A-Za-z0-9._-]+", "_", known.text("select-object.list")).strip("._"),
        rule=file_name,
    ),
    Field(
        "prefix",
        "Prefix",
        Kind.CHOICE,
        help="A date would give each run a different file name; the import looks for one fixed name.",
        source=_SEEN,
        default=NO_PREFIX,
        mismatch=_DATED,
        choices=(NO_PREFIX, *DATE_PATTERNS),
    ),
    Field(
        "suffix",
        "Suffix",
        Kind.CHOICE,
        help="Oracle asks for a file name and suffix and does not say whether the extension or this list is meant; "
        "probably the extension. With No suffix each run replaces the previous file.",
        source=_SEEN,
        default=NO_SUFFIX,
        mismatch=_DATED,
        choices=(NO_SUFFIX, *DATE_PATTERNS),
    ),
    Field(
        "extension",
        "Extension",
        help="Keep .csv. Encryption probably adds another extension; you see it at step 17.",
        source=_SEEN,
        default=".csv",
        rule=_extension,
    ),
    Field(
        "character_set",
        "Character set",
        help="Keep the default. The import job must use the same character set.",
        default="Unicode (UTF-8)",
        rule=one_line(60),
    ),
    Field(
        "delimiter",
        "Field delimiter",
        Kind.CHOICE,
        help="Keep the default unless your data contains it. The wizard searches your sample records for it.",
        default="Comma",
        choices=tuple(DELIMITERS),
    ),
    Field(
        "enclosure",
        "Field enclosure",
        Kind.CHOICE,
        help="Select None, as the procedure says (on a published screenshot the default is quotation marks).",
        default=NO_ENCLOSURE,
        mismatch=Mismatch("enclosure-on", "CX Audience would read the quotation marks as part of the values."),
        choices=(NO_ENCLOSURE, '"'),
    ),
    Field(
        "header",
        "Insert column header as first line",
        Kind.CHECKBOX,
        help="Select it: the import needs the column names. The procedure leaves it at its default, and Oracle does "
        "not say which that is.",
        source="Integrating with Responsys, import step: First line contains column names (documented there)",
        default=True,
        mismatch=Mismatch(
            "header-off",
            "The import takes the first line as column names. Without a header it probably rejects rows or loses the "
            "first.",
        ),
    ),
    Field(
        "encryption",
        "Encryption/compression",
        Kind.CHOICE,
        help="Compress and encrypt with the CX Audience public key.",
        default=COMPRESS_AND_ENCRYPT,
        choices=(COMPRESS_AND_ENCRYPT, ENCRYPT, COMPRESS, PLAIN),
    ),
    Field(
        "key",
        "Key",
        help="The CX Audience public key, under the name you gave it at step 11.",
        origin="import-key.public_key_name",
    ),
    Field(
        "ready_file",
        _READY_FILE,
        Kind.CHOICE,
        help="A small extra file, written when the export is complete. The procedure keeps its default. With a record "
        "count in it, the wizard can check that the export is complete.",
        source=_SEEN,
        default=AS_SHOWN,
        choices=(AS_SHOWN, READY_WITH_COUNT, _READY_EMPTY, NO_READY_FILE),
    ),
    Field(
        "ready_extension",
        "File extension",
        help="Extension of the ready file.",
        source=_SEEN,
        default="ready",
        rule=_extension,
        shown=ready_file_wanted,
    ),
)

STEP = Step(
    id=ID,
    title="Export job: Destination Specification",
    part=Part.EXPORT,
    product=Product.RESPONSYS,
    purpose="Set the name, format and encryption of the exported file. The import job must use exactly the same "
    "settings.",
    check=_check,
    source="Integrating with Responsys, import your profile list, step 3.5 (documented)",
    fields=_FIELDS,
    notes=(
        Note(
            "Exception to the defaults: select the column header, which the import needs. The ready file is optional."
        ),
        Note(
            "With Field enclosure None, a single comma in a value probably breaks the row. If your data contains "
            "commas, use another delimiter in both jobs.",
            warning=True,
        ),
    ),
    visits=_visits,
    verified_by="exported-file",
    rests_on=(
        *keys_of("select-object", "job_name", "list"),
        *keys_of("integration-settings", "known_members", "match_column"),
    ),
)
