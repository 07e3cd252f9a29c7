"""Step 19: the SSH2 key of CX Audience arrives by mail, is uploaded to Responsys, and Oracle adds it."""

from __future__ import annotations

from datetime import datetime, timedelta

from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.certainty import inferred
from cxr_tui.domain.finding import Fix, Outcome, Waiting
from cxr_tui.domain.instruction import Carried, FileRef, Site, Visit
from cxr_tui.domain.ssh_public_key import SshPublicKey, in_ssh2_form
from cxr_tui.guide.checks.sandbox_screen import shown_on_screen
from cxr_tui.guide.checks.ssh_public_key import MIN_BITS, SIZE_LIMIT, Form, of_taken_kind, read_key_file
from cxr_tui.guide.definition import Check, Choice, Fact, Field, Kind, Note, Part, Personal, Product, Step
from cxr_tui.guide.forms.connect_job import create_job
from cxr_tui.guide.forms.validators import email_address, one_line
from cxr_tui.guide.help_links import SSH2_KEYS
from cxr_tui.guide.screens import AUDIENCE_DESTINATION, SSH2_KEYS_MANAGEMENT

ID = "ssh2-key"
MAIL_SUBJECT = "Your SSH2 public key"
PROCESSING, COMPLETED = "Processing", "Completed"
LONGEST = 10
USUAL = f"2 to {LONGEST} working days"
"""The procedure speaks of a couple of days, the page on SSH2 keys of 7 to 10 business days (both documented)."""

_MANAGE_SOURCE = "Responsys Help, managing SSH2 keys (documented)"
_WANTED = (
    f"Responsys takes an RSA or DSA public key of at least {MIN_BITS} bits, probably as an SSH2 file (---- BEGIN SSH2 "
    "PUBLIC KEY ----) or as one line of OpenSSH."
)
_ASK_AGAIN = (
    "In CX Audience press Access or Generate key information and Send key once more, and save the attachment as it "
    "comes, without opening it."
)


def _visits(known: Known) -> tuple[Visit, ...]:
    email, tag, key_file = (known.text(f"{ID}.{name}") for name in ("email", "tag", "key_file"))
    look = (
        Visit(
            Site.CALENDAR,
            ("Wait for", "SSH2 key"),
            {"Tag name for key": tag},
            note=f"This usually takes {USUAL}. Jobs that need the key show failed until then, which is normal.",
        ),
        Visit(Site.RESPONSYS, SSH2_KEYS_MANAGEMENT, brings={tag: "status"}),
    )
    if key_file and [key_file, tag] == known.lines(f"{ID}.uploaded"):
        return look  # this key stands there under this tag: it is only waited for, and not added twice
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
            # A file that was put in order here is not replaced by the broken one again.
            brings={} if key_file and key_file == known.text(f"{ID}.mended") else {"Attachment": "key_file"},
            note="Save the attachment; do not copy the text out of the mail.",
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
            note="In Responsys, not in CX Audience: there is a page of the same name there, for another direction.",
        ),
        *look,
    )


async def _check(c: Check) -> Outcome:
    path = c.known.text(f"{ID}.key_file")
    try:
        data = await c.world.read_file(path, SIZE_LIMIT)
    except OSError as error:
        c.report.unknown(
            "file-unreadable",
            f"{path} cannot be read: {error.strerror or type(error).__name__}.",
            "The key was not looked at.",
            "Enter the path of the saved attachment.",
        )
        return c.report.verified()
    key = await _check_file(c, data)
    if key is None or c.report.failed:
        return c.report.verified()
    c.report.learn("fingerprint", key.fingerprint)
    c.report.learn("bits", key.bits)
    return await _check_status(c, key)


async def _check_file(c: Check, data: bytes) -> SshPublicKey | None:
    """Report what the file is; return the key where the file can be uploaded as it is."""
    reading = read_key_file(data)
    key = reading.key
    if key is not None and not of_taken_kind(key):
        c.report.fail(
            "ssh2-key-format",
            f"The file holds a key of the kind {key.algorithm}.",
            f"{_WANTED} Oracle does not mention other kinds, so this one is probably refused.",
            "Compare it with the attachment of the mail from CX Audience. If it is that key, try to upload it.",
            ground=inferred("B.9"),
        )
    elif key is not None and key.bits < MIN_BITS:
        size = f"{key.bits} bits"
        _report_format(c, f"The file holds a key of the kind {key.algorithm}, {size}.", _ASK_AGAIN)
        return None
    if reading.form in (Form.SSH2, Form.OPENSSH) and key is not None:
        c.report.passed("ssh2-key", f"{reading.form}, {key.algorithm}, {key.bits} bits, {key.fingerprint}.")
        return key
    if key is not None:
        await _report_repaired(c, key, reading.form)
        return None
    remedies = {
        Form.PRIVATE: "Never upload a private key anywhere, and delete this file if it is not yours. The file wanted "
        "here is the attachment of the mail from CX Audience.",
        Form.PUTTY: "A PuTTY file holds a private key too. Wanted is the attachment of the mail from CX Audience, not "
        "a key of your own.",
        Form.SEVERAL: f"None of them was chosen. {_ASK_AGAIN}",
        Form.KNOWN_HOSTS: f"That is the key of a server, not the one with which CX Audience logs in. {_ASK_AGAIN}",
    }
    private = reading.form in (Form.PRIVATE, Form.PUTTY)
    _report_format(c, f"The file is: {reading.form}.", remedies.get(reading.form, _ASK_AGAIN), hard_stop=private)
    return None


async def _report_repaired(c: Check, key: SshPublicKey, form: Form) -> None:
    seen = f"The file is: {form}. One whole key is in it: {key.algorithm}, {key.bits} bits, {key.fingerprint}."
    name = f"cxaudience-{''.join(char for char in key.fingerprint[7:17] if char.isalnum())}.pub"
    try:
        kept = str(await c.world.keep_file(name, in_ssh2_form(key).encode()))
    except OSError:
        remedy = f"Save the following line as a text file, enter that file here, and upload it: {key.one_line()}"
        _report_format(c, seen, remedy)
        return
    c.report.learn("mended", kept)
    _report_format(
        c,
        seen,
        f"The same key is kept as an SSH2 file in {kept}. Use that file, and upload it under "
        f"{' > '.join(SSH2_KEYS_MANAGEMENT)}.",
        Fix("Use the SSH2 file", {f"{ID}.key_file": kept}),
    )


def _report_format(c: Check, seen: str, remedy: str, fix: Fix | None = None, *, hard_stop: bool = False) -> None:
    why = f"{_WANTED} Anything else is probably refused, or waited for in vain."
    c.report.fail("ssh2-key-format", seen, why, remedy, fix, hard_stop=hard_stop)


async def _check_status(c: Check, key: SshPublicKey) -> Outcome:
    tag = c.known.text(f"{ID}.tag")
    shown = await shown_on_screen(c, Site.RESPONSYS, SSH2_KEYS_MANAGEMENT)
    status = c.known.text(f"{ID}.status") if shown is None else str(shown.get(c.known.text(f"{ID}.tag"), ""))
    if shown is not None:
        c.report.learn("uploaded", [c.known.text(f"{ID}.key_file"), c.known.text(f"{ID}.tag")] if status else [])
    if status == COMPLETED:
        said = c.report.entered if shown is None else c.report.passed
        said("ssh2-key-added", f"SSH2 Keys management shows {tag}: {COMPLETED}.")
        return c.report.confirmable(verified_later="imported-profiles")
    now = c.world.now()
    since = _since(c.known, key, now)
    c.report.learn("since", since.isoformat())
    day = working_day(since, now)
    seen = f"{tag} is {status or 'not listed'} since {since:%Y-%m-%d}; today is working day {day} of the usual {USUAL}."
    if day > LONGEST:
        user = c.known.text("destination-connectivity.user_name")
        c.report.fail(
            "ssh2-key-pending",
            seen,
            "Oracle has had longer than it says it needs, so the work order may be lost. Until the key is added, every "
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
        "Until Oracle has added the key, Connect jobs of CX Audience show failed. That is normal and ends by itself.",
        "Look at SSH2 Keys management now and then. After ten working days, ask Oracle Support with the tag name.",
    )
    return c.report.waiting(Waiting("Oracle, which adds the key", USUAL, since=since, until=now + timedelta(days=1)))


def _since(known: Known, key: SshPublicKey, now: datetime) -> datetime:
    """Return when the wait for this very key began, as an earlier check noted it."""
    if known.text(f"{ID}.fingerprint") == key.fingerprint and known.has(f"{ID}.since"):
        try:
            return datetime.fromisoformat(known.text(f"{ID}.since"))
        except ValueError:
            return now
    return now


def working_day(since: datetime, now: datetime) -> int:
    """Return which working day (Monday to Friday) of the wait it is, counted from 1."""
    days = (now.date() - since.date()).days
    return max(1, sum((since + timedelta(days=day)).weekday() < 5 for day in range(days + 1)))


def _tag(known: Known) -> Value | None:
    account = "".join(char for char in known.text("account.account_name") if char.isalnum() and char.isascii())
    return f"CXAudience{account}"


_STATUSES = (Choice(PROCESSING, PROCESSING, "Oracle has not added it yet."), Choice(COMPLETED, COMPLETED))


STEP = Step(
    id=ID,
    title="SSH2 key of CX Audience",
    part=Part.IMPORT,
    product=Product.BOTH,
    purpose="Let CX Audience log in to the Responsys file server: you get its public key by mail and register it.",
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
            help=f"The attachment of that mail, saved on this machine. {_WANTED}",
            source=_MANAGE_SOURCE,
            brought=True,
        ),
        Field(
            "tag",
            "Tag name for key",
            help="Any name by which colleagues recognise the key.",
            source=_MANAGE_SOURCE,
            default=_tag,
            rule=one_line(60),
        ),
        Field(
            "status",
            "Status in SSH2 Keys management",
            Kind.CHOICE,
            help="Processing until Oracle has added the key, then Completed.",
            source=_MANAGE_SOURCE,
            default=PROCESSING,
            choices=_STATUSES,
            brought=True,
        ),
    ),
    notes=(
        Note(
            "Oracle gives two estimates: a couple of days in the procedure, 7 to 10 business days on the "
            "page for SSH2 keys. While you wait, jobs of CX Audience show failed. This is normal."
        ),
        Note("SSH2 Keys management is in the menu only where the feature is enabled; if it is missing, ask Support."),
    ),
    links=(SSH2_KEYS,),
    facts=(
        Fact("fingerprint", "Fingerprint of the key", "the key file"),
        Fact("bits", "Bits of the key", "the key file"),
        Fact("mended", "Key file in the right format"),
        Fact("uploaded", "Key that was uploaded"),
        Fact("since", "Oracle adds the key since"),
    ),
    visits=_visits,
    verified_by="imported-profiles",
    news_by_person=True,
    rests_on=(
        "destination-connectivity.user_name",
        f"{ID}.fingerprint",
        f"{ID}.since",
        f"{ID}.mended",
        f"{ID}.uploaded",
    ),
    usual_wait=USUAL,
)
