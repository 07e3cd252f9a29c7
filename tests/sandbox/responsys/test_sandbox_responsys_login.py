"""Login to the Responsys twin: the documented answers, the lock-out, the life of tokens, throttling."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from cxr_tui.sandbox.shared.rest import EXCEPTION, UNAVAILABLE, cut_off
from cxr_tui.sandbox.shared.screens import PageError
from support.sandboxes.responsys_setting import (
    ADD_USER,
    API,
    CONTACT,
    MANAGED_USER,
    PASSWORD,
    USER,
    Stage,
    error_of,
    responsys_stage,
)
from support.sandboxes.truth import responsys_truth


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with responsys_stage(tmp_path) as made:
        yield made


async def test_a_login_answers_token_time_and_end_point(stage: Stage) -> None:
    await stage.integration_user()
    answer = await stage.login()
    body = answer.json()
    assert answer.status_code == 200
    assert set(body) == {"authToken", "issuedAt", "endPoint"}
    assert len(body["authToken"]) == 54
    assert abs(body["issuedAt"] - stage.clock.now().timestamp() * 1000) < 60_000
    assert body["endPoint"] == stage.urls.api
    assert (await stage.get("/user/info", body["authToken"])).json() == {
        "accountName": "acmeretail",
        "userName": USER,
        "userEmail": CONTACT,
        "userLocale": "en",
        "accountDisplayName": "Acme Retail",
        "accountTimeZone": "America/New_York",
        "createdDate": "2026-11-23",
    }


async def test_every_answer_has_the_sandbox_time_once(stage: Stage) -> None:
    await stage.clock.advance(stage.clock.now() + timedelta(days=40))
    answer = await stage.login()
    assert answer.headers.get_list("date") == [stage.clock.now().strftime("%a, %d %b %Y %H:%M:%S GMT")]


async def test_credentials_in_the_url_or_as_json_are_not_taken(stage: Stage) -> None:
    await stage.integration_user()
    form = {"user_name": USER, "password": PASSWORD, "auth_type": "password"}
    url = stage.urls.login + API + "/auth/token"
    assert error_of(await stage.http.post(url, params=form))[0] == 400
    assert error_of(await stage.http.post(url, json=form)) == (400, "INVALID_USER_NAME_PASSWORD")


async def test_an_unescaped_plus_in_the_body_is_another_password(stage: Stage) -> None:
    await stage.change_password(await stage.create_user(), "Ab+cdefgh-1z")
    body = f"user_name={USER}&password=Ab+cdefgh-1z&auth_type=password"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await stage.http.post(stage.urls.login + API + "/auth/token", content=body, headers=headers)
    assert error_of(answer) == (400, "INVALID_USER_NAME_PASSWORD")
    assert (await stage.login(password="Ab+cdefgh-1z")).status_code == 200


async def test_the_right_password_at_another_pod_is_400(stage: Stage) -> None:
    await stage.integration_user()
    assert error_of(await stage.login(host=stage.other_pod)) == (400, "INVALID_USER_NAME_PASSWORD")


async def test_a_temporary_password_is_expired_for_programs(stage: Stage) -> None:
    temporary = await stage.create_user()
    assert error_of(await stage.login(password=temporary)) == (401, "PASSWORD_EXPIRED")


async def test_an_expired_password(stage: Stage) -> None:
    await stage.integration_user()
    stage.twin.account.users[USER].password_expires = stage.clock.now() + timedelta(days=1)
    assert (await stage.login()).status_code == 200
    await stage.clock.advance(stage.clock.now() + timedelta(days=1))
    assert error_of(await stage.login()) == (401, "PASSWORD_EXPIRED")


async def test_five_wrong_passwords_lock_for_an_hour(stage: Stage) -> None:
    await stage.integration_user()
    for _ in range(5):
        assert error_of(await stage.login(password="wrong")) == (400, "INVALID_USER_NAME_PASSWORD")
    assert error_of(await stage.login()) == (401, "PASSWORD_LOCKOUT")
    await stage.clock.advance(stage.clock.now() + timedelta(minutes=59))
    assert error_of(await stage.login()) == (401, "PASSWORD_LOCKOUT")
    await stage.clock.advance(stage.clock.now() + timedelta(minutes=2))
    assert (await stage.login()).status_code == 200


async def test_four_wrong_passwords_and_a_right_one_start_the_count_anew(stage: Stage) -> None:
    await stage.integration_user()
    for _ in range(2):
        for _ in range(4):
            await stage.login(password="wrong")
        assert (await stage.login()).status_code == 200
        await stage.clock.advance(stage.clock.now() + timedelta(minutes=1))


async def test_a_reset_unlocks(stage: Stage) -> None:
    await stage.integration_user()
    for _ in range(5):
        await stage.login(password="wrong")
    await stage.visit(*MANAGED_USER, press=("Reset password",))
    mail = stage.mailbox.find(CONTACT, "Oracle Responsys password reset")
    assert mail is not None
    await stage.change_password(mail.secrets["Temporary password"])
    assert (await stage.login()).status_code == 200


async def test_a_suspended_user_and_an_account_without_web_services(stage: Stage) -> None:
    await stage.integration_user()
    token = await stage.token()
    await stage.visit(*MANAGED_USER, entries={"User status": "Suspended"}, press=("Save",))
    assert error_of(await stage.login()) == (401, "API_DISABLED_FOR_USER")
    assert error_of(await stage.get("/lists", token)) == (401, "API_DISABLED_FOR_USER")
    await stage.visit(*MANAGED_USER, entries={"User status": "Active"}, press=("Save",))
    stage.twin.account.web_services = False
    assert error_of(await stage.login()) == (401, "API_DISABLED_FOR_USER")


async def test_a_restricted_network_refuses_login_and_calls(stage: Stage) -> None:
    await stage.integration_user()
    token = await stage.token()
    stage.twin.account.ip_restricted = True
    assert (await stage.login()).status_code == 401
    assert "IP" in (await stage.get("/lists", token)).json()["title"]
    stage.twin.account.ip_restricted = False
    assert (await stage.login()).status_code == 200


async def test_a_token_lives_two_hours(stage: Stage) -> None:
    await stage.integration_user()
    token = await stage.token()
    await stage.clock.advance(stage.clock.now() + timedelta(hours=1, minutes=59))
    assert (await stage.get("/lists", token)).status_code == 200
    later = await stage.token()
    await stage.clock.advance(stage.clock.now() + timedelta(minutes=2))
    assert error_of(await stage.get("/lists", token)) == (401, "TOKEN_EXPIRED")
    assert (await stage.get("/lists", later)).status_code == 200


async def test_tokens_that_are_none(stage: Stage) -> None:
    await stage.integration_user()
    token = await stage.token()
    for wrong in ("", "nonsense", f"Bearer {token}"):
        assert error_of(await stage.get("/lists", wrong)) == (401, "INVALID_TOKEN")
    at_login_host = await stage.http.get(stage.urls.login + API + "/lists", headers={"Authorization": token})
    assert error_of(at_login_host) == (401, "INVALID_TOKEN")


async def test_the_eleventh_login_of_a_minute_is_throttled_whoever_tries(stage: Stage) -> None:
    await stage.integration_user()
    await stage.clock.advance(stage.clock.now().replace(second=0) + timedelta(minutes=1))
    for _ in range(10):
        await stage.connect_token()
    answer = await stage.login()
    assert error_of(answer) == (400, "API_LIMIT_EXCEEDED")
    assert "Please try again in a minute" in answer.json()["detail"]
    await stage.clock.advance(stage.clock.now() + timedelta(minutes=1))
    assert (await stage.login()).status_code == 200


async def test_outages(stage: Stage) -> None:
    await stage.integration_user()
    token = await stage.token()
    stage.twin.outages.plan(EXCEPTION, path="/lists")
    stage.twin.outages.plan(UNAVAILABLE, path="/lists")
    stage.twin.outages.plan(cut_off, path="/lists")
    assert error_of(await stage.get("/lists", token)) == (500, "UNEXPECTED_EXCEPTION")
    page = await stage.get("/lists", token)
    assert (page.status_code, page.headers["content-type"]) == (503, "text/html; charset=utf-8")
    with pytest.raises(httpx.RemoteProtocolError):
        await stage.get("/lists", token)
    assert (await stage.get("/lists", token)).status_code == 200


async def test_password_rules_and_a_link_that_works_once(stage: Stage) -> None:
    temporary = await stage.create_user()
    for poor in ("Shrt-1a", "alllower-1a", "NoNumber-aa", "NoSpecial1aa", "1Numeric-ab", "Numeric-ab1", "Ümlaut-1a"):
        with pytest.raises(PageError, match="The new password needs"):
            await stage.change_password(temporary, poor)
    await stage.change_password(temporary)
    with pytest.raises(PageError):
        await stage.change_password(temporary)
    await stage.visit(*MANAGED_USER, press=("Reset password",))
    assert error_of(await stage.login()) == (400, "INVALID_USER_NAME_PASSWORD")
    mail = stage.mailbox.find(CONTACT, "Oracle Responsys password reset")
    assert mail is not None
    await stage.change_password(mail.secrets["Temporary password"], "Other#Word9x")
    assert (await stage.login(password="Other#Word9x")).status_code == 200


async def test_the_form_refuses_a_name_in_use_on_the_pod_and_poor_values(stage: Stage) -> None:
    with pytest.raises(PageError, match="in use on this pod"):
        await stage.create_user(form={"Login name": "cxaudienceintegration"})
    with pytest.raises(PageError, match="email address"):
        await stage.create_user(form={"Email address": "nobody"})
    with pytest.raises(PageError, match='"List Web Service Manager" is not offered'):
        await stage.create_user(roles=("List Web Service Manager",))
    with pytest.raises(PageError, match="User locale"):
        await stage.visit(*ADD_USER, entries={"User locale": "Klingon"})
    with pytest.raises(PageError, match="Organization"):
        await stage.create_user(organization="Root/Nowhere")


async def test_an_identity_cloud_account_makes_users_elsewhere(stage: Stage) -> None:
    stage.twin.account.identity_cloud = True
    assert "Login name" not in (await stage.visit(*ADD_USER)).values
    with pytest.raises(PageError, match="Identity Cloud"):
        await stage.create_user()


async def test_no_secret_shows_in_what_the_twin_tells_of_itself(stage: Stage) -> None:
    await stage.integration_user()
    token = await stage.token()
    told = f"{responsys_truth(stage.twin)!r}{stage.mailbox.mails!r}"
    assert PASSWORD not in told
    assert token not in told
    assert stage.twin.account.users["connect.api"].password.reveal() not in told
