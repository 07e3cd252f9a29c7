"""The Connect wizard's pages of the Responsys twin: what they take, what they refuse, what activation demands."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from cxr_tui.sandbox.shared.screens import PageError
from support.sandboxes.export_setting import (
    DAILY,
    JOB,
    KEY_DIALOG,
    PLAIN,
    Gpg,
    gpg_with_a_key_pair,
    import_key,
    make_job,
    step,
)
from support.sandboxes.responsys_setting import Stage, key_file, responsys_stage


@pytest.fixture(scope="module")
def gpg() -> Iterator[Gpg]:
    yield from gpg_with_a_key_pair()


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with responsys_stage(tmp_path) as made:
        yield made


async def test_activation_names_everything_that_is_missing(stage: Stage) -> None:
    create = {"Type of job": "Export Data", "Job name": JOB, "Description": ""}
    await stage.visit("Data", "Connect", "Manage Connect", "Create job", entries=create, press=("Done",))
    schedule = {key: value for key, value in DAILY.items() if key != "Expiration"}
    with pytest.raises(PageError) as refused:
        await step(stage, "Schedule", schedule, ("Activate", "Save & Close"))
    for words in ("List is", "choose a path", "File to be created", "Send notification to", "Expiration"):
        assert words in str(refused.value)
    shown = (await stage.visit("Data", "Connect", "Manage Connect", JOB, "Schedule")).values
    assert (shown["Status"], shown["Date"], shown["Expiration"]) == ("Inactive", "2026-11-24", "")
    with pytest.raises(PageError, match="Expiration"):
        await step(stage, "Schedule", {}, ("Save & Close",))
    assert stage.twin.jobs.next_run(JOB) is None


async def test_the_key_must_be_there_to_activate_and_the_date_ahead(stage: Stage, gpg: Gpg) -> None:
    await import_key(stage, gpg)
    with pytest.raises(PageError, match="select or import a key"):
        await make_job(stage, {"Key": ""})
    with pytest.raises(PageError, match='Key: "another" is not offered'):
        await make_job(stage, {"Key": "another"})
    once = {"Schedule": "Run once", "Date": "2026-11-22"}
    with pytest.raises(PageError, match="in the past"):
        await make_job(stage, None, **once)


@pytest.mark.parametrize(
    ("step_name", "label", "value"),
    [
        ("Select object", "List", "CUSTOMER"),
        ("Select object", "Object", "PET data"),
        ("Destination Connectivity", "Path", "downloads"),
        ("Destination Connectivity", "Path", "../../etc"),
        ("Destination Specification", "Field delimiter", ","),
        ("Destination Specification", "File to be created", "../up"),
        ("Destination Specification", "Key", "nobody"),
        ("Notification", "When", "Never"),
    ],
)
async def test_values_that_a_screen_does_not_offer(stage: Stage, step_name: str, label: str, value: str) -> None:
    await make_job(stage, PLAIN)
    with pytest.raises(PageError, match=label):
        await step(stage, step_name, {label: value})


@pytest.mark.parametrize("name", ["", "Profiles/CX", "Profiles: daily", "x" * 101, "Käufe"])
async def test_job_names(stage: Stage, name: str) -> None:
    create = {"Type of job": "Export Data", "Job name": name, "Description": ""}
    with pytest.raises(PageError, match="Job name"):
        await stage.visit("Data", "Connect", "Manage Connect", "Create job", entries=create, press=("Create",))


async def test_the_import_wizard_opens_without_a_name_and_shows_the_keys(stage: Stage, gpg: Gpg) -> None:
    await stage.visit(
        "Data",
        "Connect",
        "Manage Connect",
        "Create job",
        entries={"Type of job": "Import Profile Data"},
        press=("Done",),
    )
    await import_key(stage, gpg)
    assert (await stage.visit(*KEY_DIALOG)).values == {"Public keys": ["cx-audience"]}
    assert stage.twin.jobs.by_name == {}


async def test_keys_that_the_dialog_refuses(stage: Stage, gpg: Gpg) -> None:
    binary = gpg.run("--export")
    secret = gpg.run("--export-secret-keys")
    for data in (gpg.private, secret, b"", b"<html>", gpg.public[:300], b"ssh-rsa AAAA"):
        entries = {"New public key name": "bad", "Choose file": key_file("key.asc", data)}
        with pytest.raises(PageError, match="does not hold one PGP/GPG public key"):
            await stage.visit(*KEY_DIALOG, entries=entries, press=("Import",))
    await stage.twin.keys.import_key("binary", binary)
    await import_key(stage, gpg)
    with pytest.raises(PageError, match="exists already"):
        await import_key(stage, gpg)
    with pytest.raises(PageError, match="name"):
        await import_key(stage, gpg, " ")
