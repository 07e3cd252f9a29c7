"""Step 21, Source Specification: name, format and key of the file, exactly as exported."""

from __future__ import annotations

from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.finding import Fix, Outcome
from cxr_tui.domain.instruction import Mismatch, Visit
from cxr_tui.guide.checks.entries import check_entries
from cxr_tui.guide.checks.export.file_name import NAME_KEYS, exported_name
from cxr_tui.guide.definition import Check, Field, Kind, Note, Part, Product, Step, keys_of
from cxr_tui.guide.forms.connect_job import IMPORT_JOB
from cxr_tui.guide.forms.validators import one_line

ID = "source-specification"

_OTHER_NAME = Mismatch(
    "file-name-mismatch", "The import looks for exactly this name, including the extension, and would find nothing."
)
_OTHER_KEY = Mismatch("import-key-differs", "The file can be read only with the key pair it was encrypted for.")
_OTHER_FORM = Mismatch("file-form-differs", "The import would misread columns or characters.")


def _wanted_name(known: Known) -> str:
    """Return the name as seen on the file server, else the name that follows from the answers."""
    return known.text("exported-file.name") or exported_name(known).likely


def _visits(known: Known) -> tuple[Visit, ...]:
    as_exported: dict[str, Value] = {
        "Character set": known.text("destination-specification.character_set"),
        "Field delimiter": known.text("destination-specification.delimiter"),
        "Field enclosure": known.text("destination-specification.enclosure"),
    }
    return (
        IMPORT_JOB.screen(
            known,
            "Source Specification",
            STEP.entries(known, "file_name") | as_exported | STEP.entries(known, "first_line", "encrypted", "key"),
            mismatches={
                **STEP.mismatches,
                **dict.fromkeys(as_exported, _OTHER_FORM),
                "File name": _OTHER_NAME,
                "Key": _OTHER_KEY,
            },
            note="Key: click Select or generate key, select the key pair of step 10, click Done. Character set, "
            "delimiter and enclosure: as in the export.",
            undocumented=("File name", "Character set", "Field delimiter", "Field enclosure", "Key"),
        ),
    )


async def _check(c: Check) -> Outcome:
    _check_name(c)
    check_entries(c, STEP)
    c.report.entered("same-key", f"the key pair {c.known.text(f'{ID}.key')}.")
    return c.report.confirmable()


def _check_name(c: Check) -> None:
    given, seen = c.known.text(f"{ID}.file_name"), c.known.text("exported-file.name")
    wanted = _wanted_name(c.known)
    if given == wanted or (not seen and exported_name(c.known).fits(given)):
        where = "as on the file server" if seen else "as the export job will probably name it"
        c.report.entered("file-name", f"file name {given}, {where}.")
        return
    c.report.fail(
        _OTHER_NAME.code,
        f"The import would look for {given}; the exported file is {wanted}.",
        _OTHER_NAME.why,
        f"Enter {wanted} as File name, here and on the Source Specification screen.",
        Fix(f"Use {wanted}", {f"{ID}.file_name": wanted}),
    )


STEP = Step(
    id=ID,
    title="Import job: Source specification",
    part=Part.IMPORT,
    product=Product.AUDIENCE,
    purpose="Set the name and format of the file, exactly as exported.",
    check=_check,
    source="Integrating with Responsys, import customer profile data, Source specification (documented)",
    fields=(
        Field(
            "file_name",
            "File name",
            help="Exact name and extension of the exported file, including what encryption added. Suggested: the name "
            "on the file server.",
            default=_wanted_name,
            rule=one_line(),
        ),
        Field(
            "first_line",
            "First line contains column names",
            Kind.CHECKBOX,
            help="Select it: the file has a header.",
            default=True,
            mismatch=Mismatch(
                "first-line-off", "The header would be read as a record, and the columns would have no names."
            ),
        ),
        Field(
            "encrypted",
            "File is encrypted with PGP/GPG key",
            Kind.CHECKBOX,
            help="Select it: the file is encrypted.",
            default=True,
            mismatch=Mismatch("encrypted-off", "The import would read the encrypted file as text and reject it."),
        ),
        Field(
            "key",
            "Key",
            help="The key pair of step 10; Responsys encrypts with its public key.",
            origin="generate-key.key_name",
        ),
    ),
    notes=(
        Note(
            "Select the key pair of step 10. (The procedure calls it the public key; CX Audience probably decrypts "
            "with the private key it keeps.)"
        ),
    ),
    visits=_visits,
    verified_by="imported-profiles",
    rests_on=(
        "source-connectivity.job_name",
        "exported-file.name",
        *NAME_KEYS,
        *keys_of("destination-specification", "character_set", "delimiter", "enclosure"),
    ),
)
