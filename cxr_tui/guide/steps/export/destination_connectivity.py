"""Step 13, Destination Connectivity: where the exported file is put, and whether this machine can see it there."""

from __future__ import annotations

from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.errors import Flaw, HostKeyChangedError, OutsideError, RemotePathError, SftpLoginError, SftpRefusal
from cxr_tui.domain.finding import Fix, Outcome
from cxr_tui.domain.instruction import Site, Visit
from cxr_tui.domain.ports import FileServer
from cxr_tui.domain.ssh_public_key import NoFingerprintError, fingerprint_in
from cxr_tui.domain.text import quoted, visible
from cxr_tui.guide.catalog.anomalies import report_anomaly, report_strange_names
from cxr_tui.guide.checks.common import FILE_SERVER_PASSPHRASE, report_error
from cxr_tui.guide.checks.sftp_key import OWN_SSH_KEY, report_refused_key
from cxr_tui.guide.definition import Check, Choice, Fact, Field, Kind, Note, Part, Product, Request, Step
from cxr_tui.guide.forms.connect_job import job_screen
from cxr_tui.guide.forms.validators import one_line, remote_path
from cxr_tui.guide.forms.validators import server as server_rule

ID = "destination-connectivity"
RESPONSYS_FILE_SERVER = "Responsys file server"
EXTERNAL_SERVER = "External Server by SFTP"

_SEEN = f"{ID}.host_key_seen"
_KINDS = ("ssh-dss", "ssh-rsa", "ecdsa-", "ssh-ed25519")
"""Kinds of host keys by the start of their name, the weakest first (RFC 9142, 1.1; OpenSSH prefers them so too)."""
_LONGEST_KEY = 4000
"""Characters; an RSA key of 16384 bits in one line takes 2,800."""
_KEY_SOURCE = "Responsys Help, file server (documented)"


_LOCATIONS = (
    Choice(RESPONSYS_FILE_SERVER, RESPONSYS_FILE_SERVER, "The default, and the one that this integration uses."),
    Choice(EXTERNAL_SERVER, EXTERNAL_SERVER, "Not for this integration: CX Audience fetches from Responsys."),
)


def _visits(known: Known) -> tuple[Visit, ...]:
    return (
        Visit(
            Site.RESPONSYS,
            job_screen(known.text("select-object.job_name"), "Destination Connectivity"),
            {"File location": known.text(f"{ID}.file_location"), "Path": known.text(f"{ID}.path")},
            press=("Save",),
            brings={"Server": "server", "User name": "user_name"},
            note="Use the default location. Click Change to choose the path. Note the (SFTP) Server and (SCP) User "
            "name: you need them for the service request (step 18) and in CX Audience.",
        ),
        Visit(
            Site.COMPUTER,
            ("Your own SSH key",),
            brings={"Private key file": "key_file", "Passphrase": f"secret:{FILE_SERVER_PASSPHRASE}"},
            note=f"Optional. With it the wizard looks at the exported files; without it you look. {OWN_SSH_KEY}",
        ),
        Visit(
            Site.COLLEAGUE,
            ("Ask for", "File server host key"),
            brings={"Fingerprint": "host_key"},
            note="Get the fingerprint from a separate source: Oracle Support, or a colleague who already uses this "
            "server. Oracle publishes none.",
        ),
    )


def _names_a_host_key(value: Value, known: Known) -> str | None:
    problem = one_line(_LONGEST_KEY)(value, known)
    if problem:
        return problem
    try:
        fingerprint_in(str(value))
    except NoFingerprintError as error:
        return str(error)
    return None


async def _check(c: Check) -> Outcome:
    if c.known.text(f"{ID}.file_location") == RESPONSYS_FILE_SERVER:
        c.report.entered("file-location", f"{c.known.text(f'{ID}.server')}, folder {c.known.text(f'{ID}.path')}.")
    else:
        c.report.fail(
            "file-location",
            f"File location is {quoted(c.known.text(f'{ID}.file_location'))}.",
            "CX Audience fetches the file from the Responsys file server; it would find nothing there.",
            f"Select {RESPONSYS_FILE_SERVER}.",
            Fix(f"Use the {RESPONSYS_FILE_SERVER}", {f"{ID}.file_location": RESPONSYS_FILE_SERVER}),
        )
    server = c.world.file_server()
    if server is None:
        c.report.unknown(
            "file-server-unseen",
            "No private key for the file server was given, so nothing was looked at there.",
            "The exported file can then only be seen by you.",
            "Enter a key file to have the files looked at, or go on with your own word.",
        )
        return c.report.confirmable(verified_later="imported-profiles")
    try:
        if await _host_key_confirmed(c, server):
            await _look_around(c, server)
    except OutsideError as error:
        if isinstance(error, SftpLoginError) and error.refusal is SftpRefusal.KEY and error.flaw is None:
            await report_refused_key(c, error)
            return c.report.verified()
        report_error(c.report, error, f"Connecting to {c.known.text(f'{ID}.server')}")
    return c.report.verified()


async def _host_key_confirmed(c: Check, server: FileServer) -> bool:
    c.progress("Asking the file server for its host key")
    key = await server.host_key()
    try:
        confirmed, reason = fingerprint_in(c.known.text(f"{ID}.host_key")), ""
    except NoFingerprintError as error:
        confirmed, reason = "", f" {error}" if c.known.text(f"{ID}.host_key") else ""
    if not confirmed:
        c.report.unknown(
            "host-key-unconfirmed",
            f"The server shows the key {key.fingerprint} ({key.kind}). Nobody has confirmed it yet.{reason}",
            "Somebody in between could show a key too; only a comparison by another way tells.",
            "Compare the fingerprint with what Oracle Support or your administrator gives you, and confirm it only if "
            "it is the same.",
            Fix("It is the same key: confirm it", {f"{ID}.host_key": key.fingerprint}),
        )
        return False
    if confirmed != key.in_form_of(confirmed):
        _report_changed(c, confirmed, key.in_form_of(confirmed))
        _check_kind(c, confirmed, key.kind)
        return False
    c.report.learn("host_key_seen", f"{confirmed} {key.kind}")
    c.report.passed("host-key", f"The server shows the confirmed key {key.fingerprint} ({key.kind}).")
    return True


def _check_kind(c: Check, confirmed: str, found_kind: str) -> None:
    """Say so where the server had a stronger kind of key when the confirmed one was last seen."""
    seen = c.known.text(_SEEN)
    fingerprint, _, kind = seen.partition(" ")
    if fingerprint == confirmed and _strength(found_kind) < _strength(kind):
        told = f"Confirmed was a key of kind {kind}; the server shows {found_kind}."
        report_anomaly(c.report, Flaw.HOST_KEY_DOWNGRADED, told, "host-key-changed")
    if seen:
        c.report.learn("host_key_seen", seen)


def _strength(kind: str) -> int:
    """Return the place of a kind of host key among all kinds, 0 for one that is not known."""
    return next((place for place, start in enumerate(_KINDS, 1) if kind.startswith(start)), 0)


def _report_changed(c: Check, confirmed: str, found: str) -> None:
    c.report.fail(
        "host-key-changed",
        f"Confirmed was {confirmed}; the server shows {found}.",
        "Either Oracle has changed the server, or somebody stands in between. Nothing was sent there.",
        f"Do not go on. Ask Oracle Support whether {c.known.text(f'{ID}.server')} has a new host key, "
        "and which one. Only if they name the new fingerprint by themselves, enter it as Host key fingerprint.",
    )


async def _look_around(c: Check, server: FileServer) -> None:
    path = c.known.text(f"{ID}.path")
    c.progress(f"Listing {path}")
    try:
        files = await server.listing(path)
    except HostKeyChangedError as error:
        _report_changed(c, error.pinned, error.found)
        return
    except RemotePathError:
        folders = [file.name for file in await server.listing(".") if file.is_folder]
        c.report.fail(
            "remote-path",
            f"There is no folder {path}. Folders there: {visible(', '.join(folders)) or 'none'}.",
            "The export job has no place to put its file, or puts it where nobody looks.",
            "Choose an existing folder with Change on the Destination Connectivity screen, and enter it here.",
            identity=path,
        )
        return
    c.report.passed("sftp-login", f"Logged in as {c.known.text(f'{ID}.user_name')}.")
    c.report.passed(
        "folder-listed",
        f"{path} can be listed; it holds {len(files)} {'entry' if len(files) == 1 else 'entries'}.",
    )
    report_strange_names(c.report, path, files)


STEP = Step(
    id=ID,
    title="Export job: Destination Connectivity",
    short_title="Destination Connectivity",
    part=Part.EXPORT,
    product=Product.RESPONSYS,
    purpose="Choose the folder on the Responsys file server, and note the server and user name for CX Audience.",
    check=_check,
    source="Integrating with Responsys, import your profile list, step 3.4 (documented)",
    fields=(
        Field(
            "file_location",
            "File location",
            Kind.CHOICE,
            help="Keep the default, the Responsys file server.",
            default=RESPONSYS_FILE_SERVER,
            choices=_LOCATIONS,
        ),
        Field(
            "path",
            "Path",
            help="The folder for the exported file, such as download. CX Audience fetches it from the same folder.",
            default="download",
            rule=remote_path,
        ),
        Field(
            "server",
            "Server",
            help="The (SFTP) server as the screen shows it, such as files.responsys.net.",
            source="Integrating with Responsys, set up SFTP server (documented)",
            rule=server_rule,
            brought=True,
        ),
        Field(
            "user_name",
            "User name",
            help="The (SCP) user as the screen shows it, mostly the account name followed by _scp.",
            source="Integrating with Responsys, set up SFTP server (documented)",
            rule=one_line(),
            brought=True,
        ),
        Field(
            "key_file",
            "Private key file",
            Kind.FILE,
            help="Optional: the path of your own SSH private key, if its public half is registered for this SCP user "
            "(RSA or DSA, at least 1024 bits). It stays on this computer; never send it to anybody.",
            source=_KEY_SOURCE,
            optional=True,
            brought=True,
        ),
        Field(
            "key_passphrase",
            "Passphrase of the private key",
            Kind.SECRET,
            help="Optional; leave it empty where the key file has none. It goes to the keyring only.",
            source=_KEY_SOURCE,
            optional=True,
            brought=True,
            item=FILE_SERVER_PASSPHRASE,
        ),
        Field(
            "host_key",
            "Host key fingerprint",
            help="The fingerprint of the file server's host key (SHA256:... or MD5:...) or the key itself in one line, "
            "as Oracle or your administrator gave it to you. Empty: the server's own is shown for you to compare, and "
            "nothing is sent before you confirm it.",
            source="no Oracle page names the fingerprint; comparing it is common practice",
            rule=_names_a_host_key,
            optional=True,
            brought=True,
        ),
    ),
    notes=(
        Note(
            "Do not confuse your own SSH key (lets the wizard see the files) with the CX Audience key of step 19 (lets "
            "CX Audience fetch them)."
        ),
    ),
    request=Request(
        "an SSH key of your own on the Responsys file server (optional)",
        "Oracle",
        ("account.account_name",),
        "7 to 10 business days",
    ),
    facts=(Fact("host_key_seen", "Host key that was seen", "the file server"),),
    visits=_visits,
    verified_by="imported-profiles",
    rests_on=("select-object.job_name", "account.account_name", _SEEN),
)
