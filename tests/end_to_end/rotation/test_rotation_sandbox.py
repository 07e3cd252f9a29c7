"""Rotation on the real sandbox: honest people, liars, resets, locks, and the way back."""

from __future__ import annotations

from datetime import timedelta

import httpx

from cxr_tui.domain.finding import Status
from cxr_tui.domain.secret import Secret
from cxr_tui.guide.checks.common import AUDIENCE_API_PASSWORD, CONNECT_API_PASSWORD, RESPONSYS_PASSWORD
from cxr_tui.integration.rotation_state import Stage
from cxr_tui.journal.gate import State
from cxr_tui.rotation.sandbox_driver import operate
from cxr_tui.rotation.status import RotationStatus
from support.worlds.rotation_setting import Stage as Stand
from support.worlds.rotation_setting import set_up

MINUTE = timedelta(minutes=1)
NEXT = f"{RESPONSYS_PASSWORD}.next"


def codes(told: RotationStatus) -> list[str]:
    return [one.code for one in told.findings]


async def test_a_person_rotates_in_order_and_is_told_when_they_did_not() -> None:
    async with set_up() as stand:
        service, old = stand.service(), await stand.kept()
        assert (await service.begin()).state == "prepared"
        new = await stand.kept(".next")
        assert new is not None
        assert await stand.kept() == old != new
        # said too early
        told = await service.resume()
        assert (told.state, codes(told)) == ("prepared", ["not-changed"])
        assert "1 attempt left" in told.findings[0].seen
        assert stand.refused() == 0  # the old one was accepted after it
        # really done
        await stand.set_in_responsys()
        told = await service.resume()
        assert (told.state, codes(told), told.ok) == ("changed-in-responsys", ["changed-in-responsys"], False)
        assert stand.integration.journal_state().one_sided()
        # the checks use the one that is in force
        await stand.integration.check("first-password", lambda _: None)
        assert stand.integration.states()["first-password"].state is State.VERIFIED
        await stand.set_in_audience(NEXT)
        told = await service.resume()
        assert (told.state, told.ok) == ("done", True)
        assert [one["state"] for one in told.to_json("x")["steps"]] == [
            "recorded",
            "verified",
            "confirmed",
            "recorded",
            "recorded",
        ]
        assert not stand.integration.journal_state().one_sided()
        assert (await stand.kept(), await stand.kept(".next"), await stand.kept(".previous")) == (new, None, None)
        assert stand.integration.states()["first-password"].state is State.VERIFIED
        assert stand.integration.states()["record-handling"].done


async def test_a_password_that_somebody_changes_at_the_last_moment_is_tried_once_only() -> None:
    """What a check was refused with, the proof that ends the rotation does not try again by itself."""
    async with set_up() as stand:
        service = stand.service()
        await service.begin()
        await stand.set_in_responsys()
        assert (await service.resume()).state == "changed-in-responsys"
        await stand.integration.world.credentials.put("elsewhere", Secret("Somebody-else-7x!"))
        await stand.set_in_responsys("elsewhere")
        told = await service.resume()
        assert told.state == "promoted"
        assert codes(told)[-2:] == ["login-refused", "changed-since"]
        assert stand.refused() == 1
        # whoever asks again has it tried once more, and never a third time
        for _ in range(3):
            assert (await service.resume()).state == "promoted"
        assert stand.refused() == 2


async def test_nothing_is_tried_any_more_after_two_refusals_until_a_person_has_it_reset() -> None:
    async with set_up() as stand:
        service, old = stand.service(), await stand.kept()
        await service.begin()
        new = await stand.kept(".next")
        await stand.reset_in_responsys()  # and nobody opens the mail
        told = await service.resume()
        assert codes(told) == ["neither-works"]
        assert "0 attempts left in this rotation; about 3 more refused" in told.findings[0].seen
        assert stand.refused() == 2
        for _ in range(2):
            assert codes(await service.resume()) == ["login-tries-spent"]
        # nor do the checks of the guide spend any
        await stand.integration.check("first-password", lambda _: None)
        assert stand.refused() == 2
        assert {await stand.kept(), await stand.kept(".next")} == {old, new}
        await stand.set_in_responsys()
        assert codes(await service.resume()) == ["login-tries-spent"]
        assert (await service.retry_after_reset()).state == "changed-in-responsys"
        assert (await operate(service)).state == "done"
        assert stand.integration.states()["first-password"].state is State.VERIFIED


async def test_giving_up_is_proven_and_a_change_is_never_given_up_unseen() -> None:
    async with set_up() as stand:
        service, old = stand.service(), await stand.kept()
        await service.begin()
        told = await service.abort()
        assert (told.state, codes(told), told.ok) == ("aborted", ["rotation-aborted"], True)
        assert (await stand.kept(), await stand.kept(".next")) == (old, None)
        # the person says that nothing was changed, and it was
        await service.begin()
        await stand.set_in_responsys()
        told = await service.abort()
        assert (told.state, told.ok) == ("changed-in-responsys", False)
        assert "changed-after-all" in codes(told)
        # so they go back
        told = await service.abort()
        assert told.state == "rolling-back"
        assert told.todo is not None
        assert told.todo.secret == RESPONSYS_PASSWORD
        # said too early, and that was the second refusal
        assert codes(await service.resume()) == ["login-tries-spent"]
        await stand.pass_time(MINUTE)
        await stand.set_in_responsys(RESPONSYS_PASSWORD)
        told = await service.retry_after_reset()
        assert (told.state, told.ok) == ("rolled-back", True)
        assert (await stand.kept(), await stand.kept(".next")) == (old, None)
        await stand.integration.check("first-password", lambda _: None)
        assert stand.integration.states()["first-password"].state is State.VERIFIED


async def test_going_back_after_cx_audience_was_told_takes_both_sides_back() -> None:
    async with set_up() as stand:
        service, old = stand.service(), await stand.kept()
        await service.begin()
        await stand.set_in_responsys()
        await service.resume()
        # killed between the word and the promotion, as a journal may tell it
        service.move(Stage.IN_AUDIENCE, audience="confirmed")
        assert (await service.abort()).state == "rolling-back"
        told = await operate(service)
        assert (told.state, told.ok) == ("rolled-back", True)
        assert [stage for stage, _ in told.rotation.history if told.rotation][-2:] == [  # type: ignore[union-attr]  # asked in the same line
            Stage.BACK_IN_RESPONSYS,
            Stage.ROLLED_BACK,
        ]
        assert (await stand.kept(), await stand.kept(".next")) == (old, None)
        await stand.pass_time(timedelta(hours=13))
        assert stand.truth()["audience"]["connection"] == {"problem": "", "refusals": 0}


async def test_going_back_ends_without_a_password_lost_when_somebody_sets_the_new_one_again() -> None:
    async with set_up() as stand:
        service = stand.service()
        await service.begin()
        new = await stand.kept(".next")
        await stand.set_in_responsys()
        await service.resume()
        service.move(Stage.IN_AUDIENCE, audience="confirmed")
        await service.abort()
        await stand.set_in_responsys(RESPONSYS_PASSWORD)
        assert (await service.resume()).state == "back-in-responsys"
        await stand.set_in_audience(RESPONSYS_PASSWORD)
        await stand.set_in_responsys()
        told = await service.resume()
        assert (told.state, codes(told), told.ok) == ("rolled-back", ["changed-since", "aborted-unverified"], False)
        assert "The old password worked and is now refused" in told.findings[0].seen
        assert stand.refused() == 1
        assert await stand.kept(".next") == new
        # the next rotation takes it up again, and finds it in force
        assert (await service.begin()).state == "prepared"
        assert await stand.kept(".next") == new
        assert (await service.resume()).state == "changed-in-responsys"


async def test_a_locked_user_is_left_alone_and_its_rotation_goes_on_later() -> None:
    async with set_up() as stand:
        service = stand.service()
        await service.begin()
        await stand.set_in_responsys()
        lock(stand)
        told = await service.resume()
        assert codes(told) == ["password-locked"]
        assert told.rotation is not None
        assert told.rotation.left == 1  # one try was enough to see it
        await stand.pass_time(timedelta(minutes=61))
        assert (await service.resume()).state == "changed-in-responsys"


def lock(stand: Stand) -> None:
    user = stand.integration.journal_state().known().text("add-user.login_name")
    with httpx.Client(trust_env=False, base_url=stand.running.info.responsys_login) as client:
        for _ in range(5):
            form = {"user_name": user, "password": "wrong", "auth_type": "password"}
            client.post("/rest/api/v1.3/auth/token", data=form)


async def test_a_password_that_a_screen_refuses_is_kept_and_another_takes_its_place() -> None:
    async with set_up() as stand:
        service = stand.service()
        assert codes(await service.begin(Secret("short"))) == ["password-rules"]
        assert codes(await service.begin(await stand.kept())) == ["password-same"]
        assert codes(await service.begin(Secret("Plus+Amp&Percent%1x"))) == ["password-rules"]
        assert await stand.kept(".next") is None
        assert (await service.begin(Secret("Typed-By-Hand-7x"))).state == "prepared"
        assert await stand.kept(".next") == Secret("Typed-By-Hand-7x")
        assert codes(await service.begin()) == ["rotation-open"]
        assert (
            await stand.integration.keep_secret("first-password", "new_password", Secret("Something-Else-7x"))
            is not None
        )
        assert (await operate(service)).state == "done"
        assert await stand.kept() == Secret("Typed-By-Hand-7x")


async def test_the_connect_user_gets_a_new_password_the_same_way() -> None:
    async with set_up() as stand:
        service, old = stand.service(CONNECT_API_PASSWORD), await stand.kept(item=CONNECT_API_PASSWORD)
        assert (await service.begin()).state == "prepared"
        told = await operate(service)
        assert (told.state, told.ok) == ("done", True)
        assert await stand.kept(item=CONNECT_API_PASSWORD) != old
        connect = stand.integration.world.connect()
        assert connect is not None
        await connect.connect_jobs()
        assert stand.integration.states()["account"].done
        assert not stand.integration.journal_state().one_sided()


async def test_an_act_tries_a_login_that_is_refused_once_also_where_it_looks_twice() -> None:
    """The password of another user was changed meanwhile: what rests on it is looked at, and not again at the end."""
    async with set_up() as stand:
        service = stand.service()
        await service.begin()
        await stand.set_in_responsys()
        await service.resume()
        await stand.set_in_audience(NEXT)
        assert (
            await stand.integration.keep_secret("account", "audience_api_password", Secret("Not-this-one-9x!")) is None
        )
        told = await service.resume()
        assert told.state == "done"
        account = stand.integration.states()["account"]
        assert account.done, "that user is optional"
        assert account.outcome is not None
        assert [one.code for one in account.outcome.findings if one.status is Status.WARN] == ["login-refused"]
        assert stand.integration.journal_state().refusals == {AUDIENCE_API_PASSWORD: 1}


async def test_a_check_of_everything_tries_a_login_that_is_refused_once_in_the_middle_of_a_rotation() -> None:
    async with set_up() as stand:
        service = stand.service()
        await service.begin()
        await stand.set_in_responsys()
        assert (await service.resume()).state == "changed-in-responsys"
        await stand.integration.world.credentials.put("elsewhere", Secret("Somebody-else-7x!"))
        await stand.set_in_responsys("elsewhere")
        await stand.integration.recheck(stand.integration.guide.steps, lambda _: None)
        assert stand.refused() == 1
