"""The documented procedure is whole: each of its statements has its words at the step to which it belongs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cxr_tui.domain.answers import Known
from cxr_tui.domain.instruction import Site, Visit
from cxr_tui.guide.definition import Step
from cxr_tui.guide.registry import GUIDE
from cxr_tui.presentation.instructions import caveat, site_heading
from cxr_tui.presentation.values import PART_NAMES

ANSWERED = Known(
    {
        "account.account_name": "acmeretail",
        "add-user.login_name": "CXAudienceIntegrationacmeretail",
        "add-user.email": "jo@acme.example",
        "add-user.status": "Active",
        "add-user.locale": "English",
        "organization-assignment.tab_present": True,
        "organization-assignment.organization": "Root",
        "role-assignment.roles": ["List Web Services Manager", "Table Web Services Manager"],
        "integration-settings.match_column": "CUSTOMER_ID_",
        "select-object.job_name": "Export",
        "source-connectivity.job_name": "Import",
        "destination-connectivity.file_location": "Responsys file server",
        "destination-connectivity.path": "download",
        "destination-connectivity.server": "files.responsys.net",
        "destination-specification.enclosure": "None",
        "destination-specification.encryption": "Compress and encrypt file with PGP/GPG key",
        "destination-specification.ready_file": "Leave it as the screen shows it",
        "export-notification.when": "On success or failure",
        "export-schedule.schedule": "daily",
        "import-schedule.schedule": "daily",
        "ssh2-key.tag": "CXAudience",
    }
)

ADMINISTRATOR = "signed in as an Account Administrator"
DIRECTOR = "signed in as a user with the Data Director role"
MANAGE = "Navigation menu > Data > Connect > Manage Connect"

STATEMENTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    # before you begin
    ("behavioral data", "account", ("campaign behavioral data", "Responsys-integrated Customer Data List")),
    ("publish audiences", "account", ("publish audiences to Responsys", "campaigns and programs")),
    ("three tasks in order", "account", ("three main tasks must be completed in the order",)),
    ("account name is found on the summary", "account", ("Navigation menu > Account", "Account summary")),
    ("both service requests", "account", ("Audience Designer (step 2)", "External SFTP Server (step 18")),
    ("Connect needs a role", "account", ("Data Director",)),
    ("service request", "audience-designer", ("My Oracle Support", "Audience Designer controlled feature")),
    (
        "needed to see audiences",
        "audience-designer",
        ("see in Responsys the audiences that you create",),
    ),
    ("simple filter designer", "audience-designer", ("adds the simple filter designer",)),
    ("existing filters", "audience-designer", ("executed, edited and saved as another classic filter",)),
    (
        "no new classic filter",
        "audience-designer",
        ("nobody can create a new classic filter",),
    ),
    # from Responsys to CX Audience
    ("log in as administrator", "add-user", (ADMINISTRATOR,)),
    ("add user", "add-user", ("Navigation menu > Account > User identity management > Add user",)),
    ("login name", "add-user", ("Login name", "unique in the whole pod", "CXAudienceIntegrationacmeretail")),
    ("email address", "add-user", ("Email address", "point of contact", "sets the password")),
    ("display name", "add-user", ("User display name", "may be the login name")),
    ("status", "add-user", ("User status", "Active")),
    ("locale", "add-user", ("User locale", "English")),
    (
        "scope",
        "add-user",
        ("Can create Programs / Campaigns without Org. Scope", "Leave this unselected"),
    ),
    ("two roles", "role-assignment", (ADMINISTRATOR, "List Web Services Manager", "Table Web Services Manager")),
    ("no other role", "role-assignment", ("Do not select other roles",)),
    ("root", "organization-assignment", (ADMINISTRATOR, "Root", "inherit the organization")),
    ("create", "first-password", (ADMINISTRATOR, "top of the page", "Create")),
    ("welcome mail", "first-password", ("instructions for logging in and for changing the password",)),
    ("note the password", "first-password", ("Make note of this password", "step 8")),
    ("change it first", "first-password", ("until the recipient of the email has changed the temporary password",)),
    ("no interface", "first-password", ("ui.authentication.login.browserLoginNotAllowed",)),
    ("reset", "first-password", ("Account Administrator reset the password",)),
    ("both sides", "first-password", ("changed in CX Audience too",)),
    ("enabled", "cx-audience-settings", (ADMINISTRATOR, "Navigation menu > Account > CX Audience settings", "Save")),
    ("the box", "cx-audience-settings", ("Enable Responsys and CX Audience Integration",)),
    # from CX Audience to Responsys
    ("enable first", "integration-settings", ("Enable the integration in Responsys (step 7) first",)),
    ("log in", "integration-settings", (f"In CX Audience, {ADMINISTRATOR}",)),
    ("the tab", "integration-settings", ("Navigation menu > Account > Integration settings > Responsys",)),
    ("name and URL", "integration-settings", ("Account Name", "Account URL", "login URL", "does not say which host")),
    ("user", "integration-settings", ("Username for Responsys integration", "Username email", "Password")),
    (
        "list",
        "integration-settings",
        ("Profile List in CX Audience that Responsys behavioral data",),
    ),
    ("match column", "integration-settings", ("CUSTOMER_ID_", "EMAIL_SHA256_HASH_", "MOBILE_NUMBER_")),
    ("behavior arrives", "integration-settings", ("arrives automatically", "Responsys Integration Enabled")),
    ("handling", "record-handling", (ADMINISTRATOR, "Insert new profile list records from Responsys", "Save")),
    ("for good", "record-handling", ("only Oracle Support can help",)),
    (
        "insert by match column",
        "record-handling",
        ("match column of step 8", "not in CX Audience"),
    ),
    ("same properties", "record-handling", ("same properties in both lists", "AGE_RANGE")),
    ("customer 1001", "record-handling", ("customer 1001", "two cities")),
    ("permission", "record-handling", ("Permission and deliverability status are not synced",)),
    ("privacy topic", "record-handling", ("Responsys Data Privacy and Security Features https://docs.oracle.com/",)),
    ("inserts topic", "record-handling", ("Profile inserts",)),
    # part 1 and 2
    ("create job", "generate-key", (f"{MANAGE} > Create job", "Import Profile Data", "[Create]")),
    ("generate", "generate-key", ("Source Specification > Select or generate key", "[Generate key pair]")),
    ("download", "generate-key", ("Select key pair", "download button", "[Download]")),
    ("done", "import-key", (DIRECTOR, f"{MANAGE} > Create job", "[Done]")),
    ("import", "import-key", ("Import public key section", "New public key name", "Choose file", "[Import]")),
    ("exit", "import-key", ("exit the Connect job",)),
    # part 3
    ("export data", "select-object", (DIRECTOR, f"{MANAGE} > Create job", "Export Data", "[Create]", "Description")),
    ("select list", "select-object", ("Select object", "List")),
    ("default location", "destination-connectivity", ("Use the default location", "Responsys file server")),
    ("change", "destination-connectivity", ("Click Change", "path")),
    ("name and suffix", "destination-specification", ("File to be created", "enter the file name and suffix")),
    ("suffix is unclear", "destination-specification", ("does not say whether the extension or this list is meant",)),
    ("enclosure", "destination-specification", ("Field enclosure", "None")),
    ("encryption", "destination-specification", ("Compress and encrypt file with PGP/GPG key", "Select or import key")),
    ("defaults", "destination-specification", ("Keep the default of every field not named here",)),
    ("ready file", "destination-specification", ("The ready file is optional",)),
    ("notification", "export-notification", ("Send notification to", "On success or failure")),
    ("recurring", "export-schedule", ("Run once", "Recurring", "Daily", "Every _ days", "No end date")),
    ("activate", "export-schedule", ("[Activate]", "[Save & Close]", "account's time zone")),
    ("completed jobs", "exported-file", (f"{MANAGE} > Completed Jobs",)),
    ("file is there", "exported-file", ("folder download of files.responsys.net", "SFTP program")),
    # part 4
    ("note server and user", "destination-connectivity", ("(SFTP) Server", "(SCP) User name")),
    ("second request", "external-server", ("My Oracle Support", "Responsys SFTP Server as External SFTP Server")),
    ("export data job", "ssh2-key", (f"{MANAGE} > Create job", "Export Data", "[Create]")),
    ("external server", "ssh2-key", ("Destination Connectivity", "External Server by SFTP")),
    ("send key", "ssh2-key", ("Access or Generate key information", "[Send key]")),
    ("upload", "ssh2-key", (ADMINISTRATOR, "Navigation menu > Account > Global settings > SSH2 Keys management")),
    ("keys topic", "ssh2-key", ("Managing SSH2 Keys https://docs.oracle.com/",)),
    ("wait", "ssh2-key", ("a couple of days", "show failed", "this is normal")),
    ("import topic", "source-connectivity", ("Creating import jobs https://docs.oracle.com/",)),
    ("source path", "source-connectivity", ("select the path", "folder that the export writes to")),
    ("same name", "source-specification", ("name and extension of the exported file",)),
    ("boxes", "source-specification", ("First line contains column names", "File is encrypted with PGP/GPG key")),
    ("key", "source-specification", ("Select or generate key", "click Done", "step 10")),
    ("target", "target-definition", ("Click Target Tables", "The same as at step 8")),
    ("import notification", "import-notification", ("Send notification to",)),
    ("import schedule", "import-schedule", ("[Activate]",)),
    ("run status", "imported-profiles", (f"{MANAGE} > Completed Jobs", "job execution log")),
)


def said(step: Step) -> str:
    """Return everything that a step says before it is checked."""
    return "\n".join((step.product, step.purpose, step.usual_wait, *_fields(step), *_around(step), *_cards(step)))


def _fields(step: Step) -> Iterator[str]:
    for field in step.fields:
        yield from (field.label, field.help, str(field.proposal(ANSWERED) or ""))
        for choice in field.offered(ANSWERED):
            yield from (choice.label, choice.hint)


def _around(step: Step) -> Iterator[str]:
    yield from (note.text for note in step.notes)
    yield from (f"{link.title} {link.url}" for link in step.links)


def _cards(step: Step) -> Iterator[str]:
    for visit in step.visits(ANSWERED):
        yield from (site_heading(visit), " > ".join(visit.clicks), visit.note, caveat(visit))
        yield from (f"{label} {typed}" for label, typed in visit.entries.items())
        yield from (f"[{button}]" for button in visit.press)


@pytest.mark.parametrize(("statement", "step_id", "words"), STATEMENTS, ids=[one[0] for one in STATEMENTS])
def test_each_statement_of_the_procedure_is_said(statement: str, step_id: str, words: tuple[str, ...]) -> None:
    text = said(GUIDE.step(step_id))
    assert [word for word in words if word not in text] == [], statement


def test_the_third_task_has_the_parts_of_its_documentation() -> None:
    parts = {step.id: PART_NAMES.get(step.part, "")[:6] for step in GUIDE.steps}
    numbered = [parts[step.id] for step in GUIDE.steps[9:25]]
    assert numbered == ["Part 1", "Part 2", *["Part 3"] * 6, *["Part 4"] * 8]
    assert set(parts.values()) == {"", *numbered}


def visits() -> list[tuple[str, Visit]]:
    return [(step.id, visit) for step in GUIDE.steps for visit in step.visits(ANSWERED)]


def test_connect_is_reached_by_manage_connect_alone() -> None:
    paths = [visit.path for _, visit in visits() if visit.path[:2] == ("Data", "Connect")]
    assert len(paths) > 20
    assert [path for path in paths if path[2] != "Manage Connect"] == []


def test_nobody_is_asked_for_a_private_key() -> None:
    asked = [(step_id, label) for step_id, visit in visits() if visit.site is Site.COLLEAGUE for label in visit.brings]
    assert asked
    assert [one for one in asked if "key" in one[1].lower()] == []


UNDOCUMENTED = {
    "account": {"Login host", "Account token"},
    "audience-designer": {"Service type", "Problem type"},
    "first-password": {"Welcome to Oracle Responsys", "Change password"},
    "integration-settings": {"First records"},
    "generate-key": {"Type of job"},
    "import-key": {"Type of job"},
    "select-object": {"Type of job", "Object"},
    "export-notification": {"When"},
    "external-server": {"Service type", "Problem type", "Hostname"},
    "ssh2-key": {"Type of job", "Your SSH2 public key"},
    "source-connectivity": {"Hostname", "Directory path", "Username", "Authentication", "Test connection"},
    "source-specification": {"Character set", "Field delimiter", "Field enclosure"},
    "target-definition": {"Match column", "Column mapping"},
    "import-notification": {"When"},
    "imported-profiles": {"Records processed", "Records rejected"},
    "go-live": {"Create audience", "Filter", "Publish to Responsys"},
}


def test_labels_that_no_page_shows_are_marked_and_marks_name_what_is_on_the_card() -> None:
    marked: dict[str, set[str]] = {}
    for step_id, visit in visits():
        marked.setdefault(step_id, set()).update(visit.undocumented)
        shown = " ".join((*visit.path, *visit.entries, *visit.press, *visit.brings, visit.note))
        assert [label for label in visit.undocumented if label not in shown] == [], step_id
    assert [(step_id, label) for step_id, wanted in UNDOCUMENTED.items() for label in wanted - marked[step_id]] == []
