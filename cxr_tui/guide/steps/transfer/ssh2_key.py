"""Step 19: get the SSH2 key of CX Audience by email, add it in Responsys, and wait until Oracle has added it."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime, timedelta

from cxr_tui.domain.answers import Known
from cxr_tui.domain.certainty import inferred
from cxr_tui.domain.finding import Fix, Outcome, Waiting
from cxr_tui.domain.instruction import Carried, FileRef, Site, Visit
from cxr_tui.domain.ssh_public_key import SshPublicKey, in_ssh2_form
from cxr_tui.guide.checks.ssh_key_file import MIN_BITS, SIZE_LIMIT, Form, of_taken_kind, read_key_file
from cxr_tui.guide.definition import Check, Choice, Fact, Field, Kind, Note, Part, Personal, Product, Step, keys_of
from cxr_tui.guide.forms.connect_job import create_job
from cxr_tui.guide.forms.validators import email_address, one_line
from cxr_tui.guide.help_links import SSH2_KEYS
from cxr_tui.guide.screens import AUDIENCE_DESTINATION, SSH2_KEYS_MANAGEMENT

ID = "ssh2-key"
MAIL_SUBJECT = "Your SSH2 public key"
PROCESSING, COMPLETED = "Processing", "Completed"
LONGEST = 10
USUAL = f"2 to {LONGEST} business days"
"""The procedure says a couple of days, the page on SSH2 keys 7 to 10 business days (both documented)."""

_MANAGE_SOURCE = "Responsys Help, managing SSH2 keys (documented)"
_WANTED = (
    f"Responsys accepts an RSA or DSA public key of at least {MIN_BITS} bits, probably as an SSH2 file (---- BEGIN "
    "SSH2 PUBLIC KEY ----) or as one line in OpenSSH format."
)
_ASK_AGAIN = (
    "In CX Audience, click Access or Generate key information and Send key again, and save the attachment without "
    "opening it."
)


def _visits(known: Known) -> tuple[Visit, ...]:
    email, tag, key_file = (known.text(f"{ID}.{name}") for name in ("email", "tag", "key_file"))
    return (
        create_job(
            Site.AUDIENCE,
            "Export Data",
            "SSH2 key of CX Audience",
            "Temporary job, used only to open the SSH key form",
        ),
        Visit(
            Site.AUDIENCE,
            AUDIENCE_DESTINATION,
            {"File location": "External Server by SFTP"},
            note="On the Export Data page. Oracle does not say whether this job has to be saved.",
            undocumented=("File location",),
        ),
        Visit(
            Site.AUDIENCE,
            (*AUDIENCE_DESTINATION, "Access or Generate key information"),
            {"Email address": email},
            press=("Send key",),
        ),
        Visit(
            Site.MAILBOX,
            ("Inbox", MAIL_SUBJECT),
            {"To": email},
            # A repaired file is not replaced by the broken one again.
            brings={} if key_file and key_file == known.text(f"{ID}.mended") else {"Attachment": "key_file"},
            note="Save the attachment; do not copy the text from the email. The subject may differ.",
            undocumented=(MAIL_SUBJECT, "Attachment"),
        ),
        Visit(
            Site.RESPONSYS,
            SSH2_KEYS_MANAGEMENT,
            {
                "SCP user": known.text("destination-connectivity.user_name"),
                "Tag name for key": tag,
                "Select": FileRef(key_file) if key_file else Carried("Attachment"),
            },
            press=("Add Key",),
            note="Do this in Responsys. CX Audience has a page of the same name for a different purpose.",
        ),
        Visit(
            Site.CALENDAR,
            ("Until Oracle has added the key",),
            {"Tag name for key": tag},
            note=f"This usually takes {USUAL}. Until then, jobs that need the key show failed; this is normal.",
        ),
        Visit(Site.RESPONSYS, SSH2_KEYS_MANAGEMENT, brings={tag: "status"}),
    )


async def _check(c: Check) -> Outcome:
    path = c.known.text(f"{ID}.key_file")
    try:
        data = await c.world.read_file(path, SIZE_LIMIT)
    except OSError as error:
        c.report.unknown(
            "file-unreadable",
            f"{path} cannot be read: {error.strerror or type(error).__name__}.",
            "The key could not be checked.",
            "Enter the path of the saved attachment.",
        )
        return c.report.verified()
    key = await _check_file(c, data)
    if key is None or c.report.failed:
        return c.report.verified()
    c.report.learn("fingerprint", key.fingerprint)
    return _check_status(c, key)


async def _check_file(c: Check, data: bytes) -> SshPublicKey | None:
    """Report what the file is; return the key where the file can be uploaded as it is."""
    reading = read_key_file(data)
    key = reading.key
    if key is not None and not of_taken_kind(key):
        c.report.fail(
            "ssh2-key-format",
            f"The file contains a key of type {key.algorithm}.",
            f"{_WANTED} Oracle does not mention other types, so this key is probably rejected.",
            "Compare it with the attachment of the email from CX Audience. If it is that key, try to add it.",
            ground=inferred("B.9"),
        )
    elif key is not None and key.bits < MIN_BITS:
        _report_format(c, f"The file contains a key of type {key.algorithm} with {key.bits} bits.", _ASK_AGAIN)
        return None
    if reading.form in (Form.SSH2, Form.OPENSSH) and key is not None:
        c.report.passed("ssh2-key", f"{reading.form}, {key.algorithm}, {key.bits} bits, {key.fingerprint}.")
        return key
    if key is not None:
        await _report_repaired(c, key, reading.form)
        return None
    remedies = {
        Form.PRIVATE: "Never upload a private key anywhere, and delete this file if it is not yours. Enter the "
        "attachment of the email from CX Audience instead.",
        Form.PUTTY: "A PuTTY file contains a private key too. Enter the attachment of the email from CX Audience, not "
        "your own key.",
        Form.SEVERAL: f"The wizard does not choose one of them. {_ASK_AGAIN}",
        Form.KNOWN_HOSTS: f"This is the key of a server, not the key with which CX Audience logs in. {_ASK_AGAIN}",
    }
    private = reading.form in (Form.PRIVATE, Form.PUTTY)
    _report_format(c, f"The file is: {reading.form}.", remedies.get(reading.form, _ASK_AGAIN), hard_stop=private)
    return None


async def _report_repaired(c: Check, key: SshPublicKey, form: Form) -> None:
    seen = f"The file is: {form}. It contains one complete key: {key.algorithm}, {key.bits} bits, {key.fingerprint}."
    name = f"cxaudience-{''.join(char for char in key.fingerprint[7:17] if char.isalnum())}.pub"
    try:
        kept = str(await c.world.keep_file(name, in_ssh2_form(key).encode()))
    except OSError:
        remedy = f"Save this line as a text file, enter that file here, and add it: {key.one_line()}"
        _report_format(c, seen, remedy)
        return
    c.report.learn("mended", kept)
    _report_format(
        c,
        seen,
        f"A repaired copy is at {kept}. Use that file, and add it under {' > '.join(SSH2_KEYS_MANAGEMENT)}.",
        Fix("Use the repaired file", {f"{ID}.key_file": kept}),
    )


def _report_format(c: Check, seen: str, remedy: str, fix: Fix | None = None, *, hard_stop: bool = False) -> None:
    why = f"{_WANTED} Other keys are probably rejected, or never take effect."
    c.report.fail("ssh2-key-format", seen, why, remedy, fix, hard_stop=hard_stop)


def _check_status(c: Check, key: SshPublicKey) -> Outcome:
    tag, status = c.known.text(f"{ID}.tag"), c.known.text(f"{ID}.status")
    if status == COMPLETED:
        c.report.entered("ssh2-key-added", f"SSH2 Keys management shows {tag}: {COMPLETED}.")
        return c.report.confirmable()
    now = c.world.now()
    since = _since(c.known, key, now)
    c.report.learn("since", since.isoformat())
    day = business_day(since, now)
    seen = f"{tag} has been {status or 'not listed'} since {since:%Y-%m-%d} (business day {day}; usually {USUAL})."
    if day > LONGEST:
        user = c.known.text("destination-connectivity.user_name")
        c.report.fail(
            "ssh2-key-pending",
            seen,
            "This is longer than Oracle says, so the work order may be lost. Until the key is added, every "
            "Connect job of CX Audience fails.",
            f"Open a service request in My Oracle Support and ask why the SSH2 key with the tag name {tag} "
            f"({key.fingerprint}), added for the SCP user {user} on {since:%Y-%m-%d}, is not {COMPLETED} under "
            f"{' > '.join(SSH2_KEYS_MANAGEMENT)} yet.",
            identity=f"{key.fingerprint} {since:%Y-%m-%d} {status}",
        )
        return c.report.verified()
    c.report.unknown(
        "ssh2-key-pending",
        seen,
        "Until Oracle has added the key, Connect jobs of CX Audience show failed. That is normal and resolves itself.",
        "Check SSH2 Keys management from time to time. After ten business days, ask Oracle Support, with the tag name.",
    )
    return c.report.waiting(Waiting("Oracle to add the key", USUAL, since=since, until=now + timedelta(days=1)))


def _since(known: Known, key: SshPublicKey, now: datetime) -> datetime:
    """Return when the wait for this key began, as an earlier check recorded it."""
    with suppress(ValueError):  # nothing is recorded yet
        if known.text(f"{ID}.fingerprint") == key.fingerprint:
            return datetime.fromisoformat(known.text(f"{ID}.since"))
    return now


def business_day(since: datetime, now: datetime) -> int:
    """Return the business day (Monday to Friday) of the wait, counted from 1."""
    days = (now.date() - since.date()).days
    return max(1, sum((since + timedelta(days=day)).weekday() < 5 for day in range(days + 1)))


STEP = Step(
    id=ID,
    title="SSH2 key of CX Audience",
    part=Part.IMPORT,
    product=Product.BOTH,
    purpose="Let CX Audience log in to the Responsys file server: request its SSH2 public key by email and add it in "
    "Responsys.",
    check=_check,
    source="Integrating with Responsys, download SSH2 key from CX Audience (documented)",
    fields=(
        Field(
            "email",
            "Email address",
            help="Where CX Audience sends its public key.",
            default=lambda known: known.text("add-user.email"),
            rule=email_address,
            personal=Personal.ANSWERS,
        ),
        Field(
            "key_file",
            "SSH2 key file received",
            Kind.FILE,
            help=f"Path of the saved attachment of that email. {_WANTED}",
            source=_MANAGE_SOURCE,
            brought=True,
        ),
        Field(
            "tag",
            "Tag name for key",
            help="Any name that identifies the key.",
            source=_MANAGE_SOURCE,
            default=lambda known: f"CXAudience{re.sub('[^A-Za-z0-9]', '', known.text('account.account_name'))}",
            rule=one_line(60),
        ),
        Field(
            "status",
            "Status in SSH2 Keys management",
            Kind.CHOICE,
            help="Processing until Oracle has added the key, then Completed.",
            source=_MANAGE_SOURCE,
            default=PROCESSING,
            choices=(Choice(PROCESSING, PROCESSING, "Oracle has not added it yet."), Choice(COMPLETED, COMPLETED)),
            brought=True,
        ),
    ),
    notes=(
        Note(
            "Oracle gives two estimates: a couple of days in the procedure, 7 to 10 business days on the "
            "page for SSH2 keys. Meanwhile, jobs of CX Audience show failed; this is normal."
        ),
        Note("If SSH2 Keys management is not in the menu, ask Oracle Support to enable it."),
    ),
    links=(SSH2_KEYS,),
    facts=(
        Fact("fingerprint", "Fingerprint of the key", "the key file"),
        Fact("mended", "Key file in the right format"),
        Fact("since", "Oracle adds the key since"),
    ),
    visits=_visits,
    verified_by="imported-profiles",
    news_by_person=True,
    rests_on=(
        "destination-connectivity.user_name",
        *keys_of(ID, "fingerprint", "since", "mended"),
    ),
    usual_wait=USUAL,
)
