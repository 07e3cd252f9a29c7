"""Rotation on the real sandbox while logins, the keyring and people fail at random: it always arrives in the end."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from cxr_tui.domain.errors import Reach, StoreUnusableError, UnreachableError
from cxr_tui.gateways.keyring.credentials import KeyringCredentials
from cxr_tui.gateways.rest.http_client import HttpAnswer, HttpClient
from cxr_tui.guide.checks.common import RESPONSYS_PASSWORD
from cxr_tui.integration.rotation_state import Rotation, Stage
from cxr_tui.rotation.sandbox_driver import operate
from support import sampling
from support.worlds.rotation_setting import Stage as Stand
from support.worlds.rotation_setting import set_up

SEQUENCES = sampling.amount(daily=3, whole=12)
ACTS = 6
NEXT = f"{RESPONSYS_PASSWORD}.next"
FAULTS = ("", "", "timeout", "lost answer", "5xx")


class Faults:
    """What the next login and the next keyring calls meet; counts the logins that the server refused."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.login = ""
        self.keyring_locked_after = -1
        self.refused = 0
        send, has = HttpClient.request, KeyringCredentials.has
        faults = self

        async def failing_send(self: HttpClient, method: str, url: str, **more: object) -> HttpAnswer:
            if not url.endswith("/auth/token"):
                return await send(self, method, url, **more)  # type: ignore[arg-type]  # handed on as they came
            if faults.login == "timeout":
                raise UnreachableError(Reach.TIMEOUT, "test")
            if faults.login == "5xx":
                return HttpAnswer(url, 503, "text/html", "", None, b"<html>away</html>")
            answer = await send(self, method, url, **more)  # type: ignore[arg-type]  # handed on as they came
            faults.refused += b"INVALID_USER_NAME_PASSWORD" in answer.body or b"PASSWORD_LOCKOUT" in answer.body
            if faults.login == "lost answer":
                raise UnreachableError(Reach.CUT, "test")
            return answer

        async def failing_has(self: KeyringCredentials, item: str) -> bool:
            faults.keyring_locked_after -= 1
            if faults.keyring_locked_after == -1:
                faults.keyring_locked_after = 0
                raise StoreUnusableError("locked by the test")
            return await has(self, item)

        monkeypatch.setattr(HttpClient, "request", failing_send)
        monkeypatch.setattr(KeyringCredentials, "has", failing_has)

    def heal(self) -> None:
        self.login, self.keyring_locked_after = "", -1


async def test_random_sequences_arrive_with_two_refused_logins_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = sampling.chance("rotation faults")
    async with set_up() as stand:
        faults = Faults(monkeypatch)
        stages: set[Stage] = set()
        for _ in range(SEQUENCES):
            await stand.service().begin()
            refused, number = faults.refused, 0
            for _ in range(ACTS):
                before = stand.service().rotation
                number_now = before.number if before else 0
                if number_now != number:
                    refused, number = faults.refused, number_now
                await one_act(stand, faults, chance)
                rotation = stand.service().rotation
                stages |= {rotation.stage} if rotation else set()
                if rotation is not None and rotation.number == number:
                    assert faults.refused - refused <= 2
                assert await something_kept_opens_it(stand, rotation)
            faults.heal()
            await arrive(stand)
        assert {Stage.PREPARED} | ({Stage.IN_RESPONSYS} if sampling.Run.whole else set()) <= stages
        assert stand.integration.states()["first-password"].done


async def one_act(stand: Stand, faults: Faults, chance: random.Random) -> None:
    await stand.pass_time(timedelta(minutes=1))
    faults.login = chance.choice(FAULTS)
    faults.keyring_locked_after = chance.choice((-1, -1, -1, 0, 1))
    service = stand.service()
    act = chance.choice(
        ("begin", "resume", "resume", "resume", "resume", "abort", "set", "set", "set", "tell", "reset")
    )
    keyring, faults.keyring_locked_after = faults.keyring_locked_after, -1
    if act == "set" and service.rotation is not None and await stand.kept(".next"):
        await stand.set_in_responsys(NEXT)
    elif act == "tell" and service.rotation is not None and service.rotation.stage is Stage.IN_RESPONSYS:
        await stand.set_in_audience(NEXT)
    elif act == "reset":
        await stand.reset_in_responsys()
    elif act in ("begin", "resume", "abort"):
        faults.keyring_locked_after = keyring
        await getattr(service, act)()
    faults.heal()


async def something_kept_opens_it(stand: Stand, rotation: Rotation | None) -> bool:
    """Say whether every password that a rotation has made, and not ended, is still kept."""
    if rotation is None or not rotation.open:
        return await stand.kept() is not None
    if rotation.stage is Stage.PROMOTED:
        return await stand.kept() is not None and await stand.kept(".previous") is not None
    return await stand.kept() is not None and await stand.kept(".next") is not None


async def arrive(stand: Stand) -> None:
    """Let honest people finish whatever is under way."""
    service = stand.service()
    for _ in range(6):
        await stand.pass_time(timedelta(minutes=61))
        rotation = service.rotation
        if rotation is None or rotation.stage is not Stage.DONE:
            if rotation is None or not rotation.open:
                await service.begin()
            elif rotation.stage is Stage.PREPARED and rotation.refused:
                await stand.set_in_responsys(NEXT)
                await service.retry_after_reset()
            await operate(service)
    last = service.rotation
    assert last is not None
    assert last.stage is Stage.DONE, service.status()
