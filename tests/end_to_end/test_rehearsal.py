"""A rehearsal of all 26 steps over real sockets, and whether its numbers are true."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from cxr_tui.guide.registry import GUIDE
from cxr_tui.sandbox.people import populate
from support.processes.preloaded_python import cxr_tui
from support.sandboxes.observed_sandbox import observed_sandbox_up

PEOPLE = 60
"""Few enough that looking each of them up stays within the account's limit of calls a minute."""
CONFIRMED = {
    # Nothing outside a browser ever shows these; every other step is covered by evidence.
    "role-assignment",
    "organization-assignment",
    "record-handling",
    "export-notification",
    "import-notification",
}


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], float]:
    started = time.monotonic()
    ended = cxr_tui("rehearse", "--json", home=tmp_path_factory.mktemp("home"))
    assert ended.code == 0, ended.err + ended.out
    return ended.document, time.monotonic() - started


def test_it_takes_less_than_a_minute(rehearsed: tuple[dict[str, Any], float]) -> None:
    assert rehearsed[1] < 60


def test_the_document_is_as_scripts_expect_it(rehearsed: tuple[dict[str, Any], float]) -> None:
    document = rehearsed[0]
    assert list(document) == ["schema", "integration", "steps", "first_seen", "ok"]
    assert document["first_seen"] == [], "the sandbox says nothing that is not in the table of documented answers"
    assert (document["schema"], document["ok"]) == (2, True)
    assert [step["id"] for step in document["steps"]] == [step.id for step in GUIDE.steps]
    for step in document["steps"]:
        assert set(step) == {"id", "state", "next", "overruled", "findings"}
        for finding in step["findings"]:
            assert list(finding) == ["code", "status", "basis", "source", "seen", "why", "remedy"]
            assert (finding["basis"] == "own") is (finding["source"] == "")


def test_nothing_is_wrong_doubtful_or_unseen(rehearsed: tuple[dict[str, Any], float]) -> None:
    other = [
        (step["id"], finding["code"], finding["seen"])
        for step in rehearsed[0]["steps"]
        for finding in step["findings"]
        if finding["status"] != "pass"
    ]
    assert other == []


def test_every_step_with_evidence_is_proven(rehearsed: tuple[dict[str, Any], float]) -> None:
    confirmed = {step["id"] for step in rehearsed[0]["steps"] if step["state"] == "confirmed"}
    verified = {step["id"] for step in rehearsed[0]["steps"] if step["state"] == "verified"}
    assert confirmed == CONFIRMED
    assert verified | confirmed == {step.id for step in GUIDE.steps}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Any]]:
    """Yield what a sandbox, on which a whole setup was applied, says of itself."""
    home = tmp_path_factory.mktemp("finished")
    (home / "answers.toml").write_text("")
    with observed_sandbox_up(home / "sandbox", PEOPLE) as told:
        applied = cxr_tui("--at", told["dir"], "apply", str(home / "answers.toml"), "--json", home=home)
        assert applied.code == 0, applied.err + applied.out
        let_a_minute_pass(told)
        yield told


def let_a_minute_pass(told: Mapping[str, Any]) -> None:
    """Move the sandbox's clock on: calls are limited by the minute, and the setup has used this one."""
    headers = {"X-Control-Token": told["control_token"]}
    now = datetime.fromisoformat(httpx.get(f"{told['control_api']}/clock", headers=headers).json()["now"])
    until = (now + timedelta(minutes=2)).isoformat()
    httpx.post(f"{told['control_api']}/clock", headers=headers, json={"until": until}).raise_for_status()


def truth(told: Mapping[str, Any]) -> dict[str, Any]:
    answer = httpx.get(f"{told['control_api']}/state", headers={"X-Control-Token": told["control_token"]})
    read: dict[str, Any] = answer.json()
    return read


def token(url: str, account: Mapping[str, str]) -> tuple[str, str]:
    form = {"user_name": account["user_name"], "password": account["password"], "auth_type": "password"}
    answer = httpx.post(f"{url}/rest/api/v1.3/auth/token", data=form).json()
    return answer.get("endPoint", url), answer["authToken"]


def test_every_record_exported_is_decrypted_and_processed(finished: Mapping[str, Any]) -> None:
    state = truth(finished)
    exports = [run for job in state["responsys"]["jobs"].values() for run in job["runs"]]
    [imported] = [run for run in state["audience"]["runs"] if run["status"] == "succeeded"]
    assert exports[-1]["records"] == PEOPLE
    assert (imported["processed"], imported["rejected"]) == (PEOPLE, 0)
    assert imported["added"] + imported["updated"] == PEOPLE
    assert state["failed_events"] == []


def test_every_member_has_in_cx_audience_what_responsys_has(finished: Mapping[str, Any]) -> None:
    audience_user, connect_user = finished["accounts"]
    responsys, ours = token(finished["responsys_login"], connect_user)
    audience, theirs = token(finished["audience_api"], audience_user)
    carried = ["CUSTOMER_ID_", "EMAIL_ADDRESS_", "MOBILE_NUMBER_", "CITY_", "FIRST_NAME", "LAST_NAME", "LOYALTY_TIER"]
    people = populate(PEOPLE, finished["seed"]).customers.rows()
    looked_up = 0
    with httpx.Client() as http:
        for person in people:
            key = person["CUSTOMER_ID_"]
            seen = [
                members(http, f"{host}/rest/api/v1.3/lists/{name}/members", auth, key, carried)
                for host, name, auth in ((responsys, "CUSTOMERS", ours), (audience, "CUSTOMER_PROFILES", theirs))
            ]
            assert seen[0] == seen[1]
            assert seen[0]["CUSTOMER_ID_"] == key
            looked_up += 1
    assert looked_up == PEOPLE


def members(http: httpx.Client, url: str, auth: str, key: str, fields: Sequence[str]) -> dict[str, str]:
    asked = {"qa": "c", "id": key, "fs": ",".join(fields)}
    data = http.get(url, params=asked, headers={"Authorization": auth}).json()["recordData"]
    return dict(zip(data["fieldNames"], data["records"][0], strict=True))


def test_the_published_audience_is_among_the_filters_of_responsys(finished: Mapping[str, Any]) -> None:
    responsys, ours = token(finished["responsys_login"], finished["accounts"][1])
    answer = httpx.get(f"{responsys}/rest/api/v1.3/filters", headers={"Authorization": ours}).json()
    assert "CX Audience integration check" in json.dumps(answer)


def test_the_other_commands_read_the_same_journal(finished: Mapping[str, Any], tmp_path: Path) -> None:
    at = ("--at", finished["dir"])
    checked = cxr_tui(*at, "check", "--json", home=tmp_path)
    assert (checked.code, checked.document["ok"]) == (0, True)
    status = cxr_tui(*at, "status", "--json", home=tmp_path)
    assert (status.code, status.document["ok"]) == (0, True)
    report = cxr_tui(*at, "report", home=tmp_path)
    assert report.code == 0
    assert "## 26. Go live: verified" in report.out


def test_no_secret_lies_in_any_file_of_the_setup(finished: Mapping[str, Any]) -> None:
    secrets = [account["password"].encode() for account in finished["accounts"]]
    files = [path for path in (Path(finished["dir"]) / "integrations").rglob("*") if path.is_file()]
    assert any(path.name == "journal.db" for path in files)
    assert len(secrets) == 2
    assert [path for path in files if any(secret in path.read_bytes() for secret in secrets)] == []
