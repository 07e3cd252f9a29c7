"""Step 11: import the public key into Responsys."""

from __future__ import annotations

from contextlib import suppress

from cxr_tui.domain.answers import Known
from cxr_tui.domain.errors import RemotePathError
from cxr_tui.domain.finding import Fix, Outcome
from cxr_tui.domain.instruction import Visit
from cxr_tui.domain.ports import FileServer
from cxr_tui.domain.responsys_data import RemoteFile, age_key
from cxr_tui.guide.checks.common import look
from cxr_tui.guide.checks.openpgp_key import next_name, read_key_file, readable
from cxr_tui.guide.definition import Check, Field, Kind, Note, Part, Product, Request, Step
from cxr_tui.guide.forms.connect_job import import_key_visits
from cxr_tui.guide.forms.validators import one_line

_ID = "import-key"
_FOLDERS = ("download", "archive")
"""Folders of an exported file before and after its import (facts B.9; documented)."""
_NEWEST = 5
"""How many exported files are read."""
_HEAD = 4096
"""Bytes read of each."""


def _visits(known: Known) -> tuple[Visit, ...]:
    return import_key_visits(known.text(f"{_ID}.public_key_name"), known.text("generate-key.public_key_file"))


async def _check(c: Check) -> Outcome:
    report, known = c.report, c.known
    name = known.text(f"{_ID}.public_key_name")
    key = await read_key_file(c, known.text("generate-key.public_key_file"))
    if key is None:
        return report.verified()
    before = known.text("generate-key.fingerprint")
    other = next_name(name)
    if key.fingerprint != before:
        report.fail(
            "key-mismatch",
            f"The file now contains key {readable(key.fingerprint)}; at step 10 it was {readable(before)}.",
            "Responsys would encrypt with a key that CX Audience does not have, and no file could be read there.",
            "Download the public key of step 10 again and import that file, under another name if you imported the "
            "other key already. Delete the other key.",
            Fix(
                f"Download again, import as {other}",
                {"generate-key.public_key_file": "", f"{_ID}.public_key_name": other},
            ),
            at="generate-key",
        )
        return report.verified()
    report.passed("same-key", f"The file still contains the key of step 10, {readable(key.fingerprint)}.")
    server = c.world.file_server()
    if server is not None and await look(c, "Looking for a file encrypted to this key", _key_in_use(c, server)):
        return report.verified()
    return report.confirmable()


async def _key_in_use(c: Check, server: FileServer) -> bool:
    """Report whether a recent exported file is encrypted to this key: that shows that Responsys has it."""
    key_ids = {*c.known.lines("generate-key.encryption_key_ids"), *c.known.lines("generate-key.key_ids")}
    files: list[RemoteFile] = []
    for folder in _FOLDERS:
        with suppress(RemotePathError):  # not every account has both folders
            files += await server.listing(folder)
    exported = [one for one in files if one.size != 0 and not (one.is_folder or one.strange)]
    for file in sorted(exported, key=age_key, reverse=True)[:_NEWEST]:
        try:
            head = await server.read(file.path, _HEAD)
        except RemotePathError:
            continue  # the import has fetched it meanwhile
        message = await c.world.openpgp.read_message(head)
        if key_ids & set(message.recipients):
            c.report.passed("key-in-use", f"{file.name} on the file server is encrypted to this key.")
            return True
    return False


STEP = Step(
    id=_ID,
    title="Import key",
    part=Part.PUBLIC_KEY,
    product=Product.RESPONSYS,
    purpose="Give Responsys the public key, so that the export job can encrypt to it.",
    check=_check,
    source="Integrating with Responsys, import your profile list, step 2 (documented)",
    fields=(
        Field(
            "public_key_name",
            "New public key name",
            help="You select the key by this name in the export job. Use the same name as in CX Audience.",
            default=lambda known: known.text("generate-key.key_name"),
            rule=one_line(60),
        ),
        Field(
            "public_key_file",
            "Choose file",
            Kind.FILE,
            help="The file from step 10.",
            origin="generate-key.public_key_file",
        ),
    ),
    notes=(
        Note("Connect requires the Data Director role. The integration user must not have it."),
        Note("This job only serves to open the dialog. Exit without activating it."),
    ),
    request=Request(
        "the Data Director role for the person who works with Connect",
        "an Account Administrator of Responsys",
        ("account.account_name",),
    ),
    visits=_visits,
    rests_on=("generate-key.fingerprint", "generate-key.encryption_key_ids", "generate-key.key_ids"),
    verified_by="exported-file",
    checked_after="exported-file",
)
