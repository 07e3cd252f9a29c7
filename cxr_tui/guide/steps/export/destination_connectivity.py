"""Step 13, Destination Connectivity: the folder of the exported file, and whether this computer can read it."""

from __future__ import annotations

from cxr_tui.domain.answers import Known
from cxr_tui.domain.errors import Flaw, HostKeyChangedError, OutsideError, RemotePathError, SftpLoginError
from cxr_tui.domain.finding import Fix, Outcome
from cxr_tui.domain.instruction import Mismatch, Site, Visit
from cxr_tui.domain.ports import FileServer
from cxr_tui.domain.ssh_public_key import NoFingerprintError, fingerprint_in
from cxr_tui.guide.catalog.explanation import causes
from cxr_tui.guide.checks.common import FILE_SERVER_PASSPHRASE, report_error
from cxr_tui.guide.checks.entries import check_entries
from cxr_tui.guide.checks.export.find_file import report_strange_names
from cxr_tui.guide.checks.sftp_key import OWN_SSH_KEY, report_refused_key
from cxr_tui.guide.definition import Check, Choice, Fact, Field, Kind, Note, Part, Product, Request, Step
from cxr_tui.guide.forms.connect_job import EXPORT_JOB
from cxr_tui.guide.forms.validators import one_line, remote_path, rule_of_line
from cxr_tui.guide.forms.validators import server as server_rule

ID = "destination-connectivity"
RESPONSYS_FILE_SERVER = "Responsys file server"
EXTERNAL_SERVER = "External Server by SFTP"

_SEEN = f"{ID}.host_key_seen"
_KINDS = ("ssh-dss", "ssh-rsa", "ecdsa-", "ssh-ed25519")
"""Kinds of host keys by the start of their name, weakest first (RFC 9142, 1.1; OpenSSH has the same order)."""
_LONGEST_KEY = 4000
"""Characters; an RSA key of 16384 bits in one line takes 2,800."""
_KEY_SOURCE = "Responsys Help, file server (documented)"


def _visits(known: Known) -> tuple[Visit, ...]:
    return (
        EXPORT_JOB.screen(
            known,
            "Destination Connectivity",
            STEP.entries(known, "file_location", "path"),
            brings={"Server": "server", "User name": "user_name"},
            mismatches=STEP.mismatches,
            note="Use the default location. Click Change to choose the path. Note the (SFTP) Server and (SCP) User "
            "name: you need them for the service request (step 18) and in CX Audience.",
        ),
        Visit(
            Site.COMPUTER,
            ("Your own SSH key",),
            brings={"Private key file": "key_file", "Passphrase": f"secret:{FILE_SERVER_PASSPHRASE}"},
            note=f"Optional. With a key the wizard checks the exported files; without it, you do. {OWN_SSH_KEY}",
        ),
        Visit(
            Site.COLLEAGUE,
            ("File server host key",),
            brings={"Fingerprint": "host_key"},
            note="Get the fingerprint from a separate source: Oracle Support, or a colleague who already uses this "
            "server. Oracle publishes none.",
        ),
    )


@rule_of_line(_LONGEST_KEY)
def _names_a_host_key(text: str) -> str | None:
    try:
        fingerprint_in(text)
    except NoFingerprintError as error:
        return str(error)
    return None


async def _check(c: Check) -> Outcome:
    check_entries(c, STEP)
    server = c.world.file_server()
    if server is None:
        c.report.unknown(
            "file-server-unseen",
            "No SSH key for the file server was entered, so the wizard did not look there.",
            "Only you can check the exported file then.",
            "Enter a key file, or continue and check the file yourself.",
        )
        return c.report.confirmable()
    try:
        if await _host_key_confirmed(c, server):
            await _look_around(c, server)
    except OutsideError as error:
        if isinstance(error, SftpLoginError) and error.flaw is None:
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
            f"The server shows the key {key.fingerprint} ({key.kind}). It has not been confirmed.{reason}",
            "An attacker could present a key too; compare it with a trusted source.",
            "Compare the fingerprint with the one from Oracle Support or your administrator, and confirm it only if "
            "they are equal.",
            Fix("Confirm the key: the fingerprints are equal", {f"{ID}.host_key": key.fingerprint}),
        )
        return False
    if confirmed != key.in_form_of(confirmed):
        _report_changed(c, confirmed, key.in_form_of(confirmed))
        _check_kind(c, confirmed, key.kind)
        return False
    c.report.learn("host_key_seen", f"{confirmed} {key.kind}")
    c.report.passed("host-key", f"The server's host key matches: {key.fingerprint} ({key.kind}).")
    return True


def _check_kind(c: Check, confirmed: str, found_kind: str) -> None:
    """Report where the server had a stronger kind of key when the confirmed key was last seen."""
    seen = c.known.text(_SEEN)
    fingerprint, _, kind = seen.partition(" ")
    if fingerprint == confirmed and _strength(found_kind) < _strength(kind):
        seen_now = f"The confirmed key is of kind {kind}; the server shows {found_kind}."
        downgraded = causes()[f"flaw.{Flaw.HOST_KEY_DOWNGRADED}"]
        c.report.add(downgraded.finding(seen_now, within="host-key-changed"))
    if seen:
        c.report.learn("host_key_seen", seen)


def _strength(kind: str) -> int:
    """Return the rank of a kind of host key among all kinds, 0 for an unknown kind."""
    return next((place for place, start in enumerate(_KINDS, 1) if kind.startswith(start)), 0)


def _report_changed(c: Check, confirmed: str, found: str) -> None:
    c.report.fail(
        "host-key-changed",
        f"The confirmed key is {confirmed}; the server shows {found}.",
        "Either Oracle changed the server's key, or someone is intercepting the connection. Nothing was sent.",
        f"Do not go on. Ask Oracle Support for the host key of {c.known.text(f'{ID}.server')}. Enter the new "
        "fingerprint under Host key fingerprint only if Oracle gives it to you.",
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
            f"There is no folder {path}. Folders: {', '.join(folders) or 'none'}.",
            "The export job cannot write its file, or writes it where the import does not look.",
            "Click Change on the Destination Connectivity screen, choose an existing folder, and enter it here.",
            identity=path,
        )
        return
    c.report.passed("sftp-login", f"Logged in as {c.known.text(f'{ID}.user_name')}.")
    entries = f"has {len(files)} {'entry' if len(files) == 1 else 'entries'}" if files else "is empty"
    c.report.passed("folder-listed", f"The folder {path} can be read; it {entries}.")
    report_strange_names(c.report, path, files)


STEP = Step(
    id=ID,
    title="Export job: Destination Connectivity",
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
            mismatch=Mismatch(
                "file-location",
                "CX Audience fetches the file from the Responsys file server and would find nothing there.",
            ),
            choices=(
                Choice(RESPONSYS_FILE_SERVER, RESPONSYS_FILE_SERVER, "The default; this integration uses it."),
                Choice(
                    EXTERNAL_SERVER,
                    EXTERNAL_SERVER,
                    "Not for this integration: CX Audience fetches the file from Responsys.",
                ),
            ),
        ),
        Field(
            "path",
            "Path",
            help="The folder for the exported file, for example download. CX Audience reads the file from there.",
            default="download",
            rule=remote_path,
        ),
        Field(
            "server",
            "Server",
            help="The (SFTP) server shown on the screen, for example files.responsys.net.",
            source="Integrating with Responsys, set up SFTP server (documented)",
            rule=server_rule,
            brought=True,
        ),
        Field(
            "user_name",
            "User name",
            help="The (SCP) user name shown on the screen, usually the account name followed by _scp.",
            source="Integrating with Responsys, set up SFTP server (documented)",
            rule=one_line(),
            brought=True,
        ),
        Field(
            "key_file",
            "Private key file",
            Kind.FILE,
            help="Optional: path of your own SSH private key, if its public key is registered for this SCP user "
            "(RSA or DSA, at least 1024 bits). It stays on this computer; never send it to anyone.",
            source=_KEY_SOURCE,
            optional=True,
            brought=True,
        ),
        Field(
            "key_passphrase",
            "Passphrase of the private key",
            Kind.SECRET,
            help="Optional. Leave empty if the key has no passphrase. Stored only in the keyring.",
            source=_KEY_SOURCE,
            optional=True,
            brought=True,
            item=FILE_SERVER_PASSPHRASE,
        ),
        Field(
            "host_key",
            "Host key fingerprint",
            help="The fingerprint of the file server's host key (SHA256:... or MD5:...) or the key itself in one line, "
            "from Oracle or your administrator. If empty, the wizard shows the server's fingerprint for you to "
            "confirm before it logs in.",
            source="Not documented by Oracle; standard SSH practice",
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
