"""What the products' people do to have both jobs: user, keys, drafts of the jobs, and the journal that tells of it."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from cxr_tui.domain.answers import Value
from cxr_tui.domain.instruction import Site
from cxr_tui.domain.secret import Secret
from cxr_tui.domain.ssh_public_key import SshPublicKey
from cxr_tui.guide.checks.common import AUDIENCE_API_PASSWORD, CONNECT_API_PASSWORD, RESPONSYS_PASSWORD
from cxr_tui.sandbox.audience.keys import KeyPair
from cxr_tui.sandbox.shared.screens import Upload
from support.worlds.jobs_world import INTEGRATION_USER as USER

if TYPE_CHECKING:
    from support.worlds.jobs_setting import JobsStage

EXPORT, IMPORT = "Profiles to CX Audience", "Profiles from Responsys"
PASSWORD, MAIL = "Mz7!quiet-Harbour", "poc@acmeretail.example"
KEY, TAG = "cx", "cxaudience"
PLAIN, ENCRYPTED = "Do not encrypt or compress file", "Compress and encrypt file with PGP/GPG key"
UNMAPPED = ("RIID_", "CREATED_DATE_", "MODIFIED_DATE_")
_KEY_DIALOG = "Data > Connect > Manage Connect > Import Profile Data > Source Specification > Select or generate key"
_KEPT: list[tuple[Path, KeyPair, SshPublicKey]] = []
WITNESS, VICTIM = "C0000001", "C0000002"
"""Two known members: one is changed every day, the other one's row can be spoilt."""


async def set_up(stage: JobsStage) -> None:
    add = "Account > User identity management > Add user"
    roles = ["List Web Services Manager", "Table Web Services Manager"]
    await stage.go(Site.RESPONSYS, f"{add} > Role Assignment", **{"Functional roles": roles})
    await stage.go(Site.RESPONSYS, f"{add} > Organization Assignment", Organization="Root")
    form = {"Login name": USER, "Email address": MAIL, "User display name": USER, "User status": "Active"}
    await stage.go(Site.RESPONSYS, add, "Create", **form, **{"User locale": "English"})
    mail = stage.mailbox.find(MAIL, "Welcome to Oracle Responsys")
    assert mail is not None
    change = {"User name": USER, "New password": PASSWORD, "Temporary password": mail.secrets["Temporary password"]}
    await stage.go(Site.RESPONSYS, "Change password", "Change password", **change)
    stage.credentials.kept = {
        RESPONSYS_PASSWORD: Secret(PASSWORD),
        CONNECT_API_PASSWORD: stage.responsys.account.users["connect.api"].password,
        AUDIENCE_API_PASSWORD: stage.audience.access.users["audience.api"].password,
    }
    stage.audience.account.external_servers.append(stage.responsys.file_server.server)
    key_ids = await _keys(stage)
    await _drafts(stage)
    _journal(stage, key_ids)


async def _keys(stage: JobsStage) -> list[str]:
    """Generate CX Audience's key pair in the dialog, once for all stages: that takes longer than anything else here."""
    keys = stage.audience.keys
    if not _KEPT:
        entries = {"Name": KEY, "Email address": MAIL}
        await stage.go(Site.AUDIENCE, _KEY_DIALOG, "Generate key pair", **entries)
        kept = Path(tempfile.mkdtemp(prefix="cxk-"))
        atexit.register(shutil.rmtree, kept, ignore_errors=True)
        shutil.copytree(keys.gpg.home, kept / "gpg", ignore=shutil.ignore_patterns("S.*"))
        _KEPT.append((kept / "gpg", keys.pairs[KEY], stage.audience.ssh_key))
    else:
        home, pair, stage.audience.ssh_key = _KEPT[0]
        shutil.copytree(home, keys.gpg.home, dirs_exist_ok=True)
        keys.pairs[KEY] = pair
    shown = await stage.go(Site.AUDIENCE, _KEY_DIALOG, "Download", **{"Select key pair": KEY})
    dialog = "Data > Connect > Manage Connect > Import Profile Data > Source Specification > Select or import key"
    chosen = {"New public key name": KEY, "Choose file": Upload(*shown.files["Downloaded key"])}
    await stage.go(Site.RESPONSYS, dialog, "Import", **chosen)
    return list(keys.pairs[KEY].encryption_key_ids)


async def register_key(stage: JobsStage, delay: timedelta) -> None:
    """Have CX Audience's SSH2 key mailed and added to Responsys, where Oracle takes `delay` for it."""
    form = (
        "Data > Connect > Manage Connect > Export Data > Destination Connectivity > Access or Generate key information"
    )
    await stage.go(Site.AUDIENCE, form, "Send key", **{"Email address": MAIL})
    mail = stage.mailbox.find(MAIL, "Your SSH2 public key")
    assert mail is not None
    stage.responsys.ssh2_keys.delay = delay
    file = Upload(*mail.files["Attachment"])
    entries = {"SCP user": "acmeretail_scp", "Tag name for key": TAG, "Select": file}
    await stage.go(Site.RESPONSYS, "Account > Global settings > SSH2 Keys management", "Add Key", **entries)
    stage.tell("ssh2-key", tag=TAG, status="Processing", since=stage.clock.now().isoformat())


async def _drafts(stage: JobsStage) -> None:
    for site, kind, name in ((Site.RESPONSYS, "Export Data", EXPORT), (Site.AUDIENCE, "Import Profile Data", IMPORT)):
        draft = {"Type of job": kind, "Job name": name, "Description": ""}
        await stage.go(site, "Data > Connect > Manage Connect > Create job", "Create", **draft)
    notification: dict[str, object] = {"Send notification to": MAIL, "When": "On success or failure"}
    export_pages: dict[str, dict[str, object]] = {
        "Select object": {"Object": "List", "List": "CUSTOMERS"},
        "Destination Connectivity": {"File location": "Responsys file server", "Path": "download"},
        "Destination Specification": {
            "File to be created": "CUSTOMERS",
            "Extension": ".csv",
            "Field enclosure": "None",
            "Insert column header as first line": True,
            "Encryption/compression": PLAIN,
            "Additional ready file at completion of download": "Create file with record count",
            "File extension": "ready",
        },
        "Notification": notification,
    }
    import_pages: dict[str, dict[str, object]] = {
        "Source Connectivity": {
            "File location": "External Server by SFTP",
            "Hostname": stage.responsys.file_server.server,
            "Directory path": "download",
            "Username": "acmeretail_scp",
            "Authentication": "Key",
        },
        "Source Specification": {
            "File name": "CUSTOMERS.csv",
            "Field enclosure": "None",
            "First line contains column names": True,
        },
        "Target Definition": {
            "Target Tables": "CUSTOMER_PROFILES",
            "Match column": "CUSTOMER_ID_",
            "Column mapping": _mapping(stage),
        },
        "Notification": notification,
    }
    for site, job, pages in ((Site.RESPONSYS, EXPORT, export_pages), (Site.AUDIENCE, IMPORT, import_pages)):
        for page, entries in pages.items():
            await stage.go(site, f"Data > Connect > Manage Connect > {job} > {page}", "Save", **entries)


def _mapping(stage: JobsStage) -> dict[str, str]:
    columns = [name for name, _ in stage.audience.account.lists["CUSTOMER_PROFILES"].columns]
    return {name: name for name in columns if name not in UNMAPPED}


def _journal(stage: JobsStage, key_ids: list[str]) -> None:
    server = stage.responsys.file_server
    stage.journal.values |= {
        "first-password.time_zone": stage.zone,
        "generate-key.encryption_key_ids": key_ids,
        "first-password.new_password": 1,
        "account.connect_api_password": 1,
        "account.audience_api_password": 1,
    }
    answers: dict[str, dict[str, Value]] = {
        "account": {
            "login_host": "other",
            "login_url": stage.urls.login,
            "audience_token": stage.audience_url,
            "audience_api_user": "audience.api",
            "connect_api_user": "connect.api",
        },
        "add-user": {"login_name": USER},
        "integration-settings": {"known_members": [WITNESS, VICTIM, "C0000003"]},
        "select-object": {"job_name": EXPORT, "list": "CUSTOMERS"},
        "destination-connectivity": {
            "path": "download",
            "server": server.server,
            "user_name": "acmeretail_scp",
            "key_file": str(stage.responsys.administrator_key),
            "host_key": server.fingerprint,
        },
        "destination-specification": {
            "file_name": "CUSTOMERS",
            "extension": ".csv",
            "prefix": "No prefix",
            "suffix": "No suffix",
            "encryption": PLAIN,
            "ready_file": "Create file with record count",
            "ready_extension": "ready",
        },
        "source-connectivity": {"job_name": IMPORT},
        "target-definition": {
            "target_list": "CUSTOMER_PROFILES",
            "match_column": "CUSTOMER_ID_",
            "mapping": _mapping(stage),
        },
    }
    for step, values in answers.items():
        stage.tell(step, **values)
