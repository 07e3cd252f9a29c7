"""The acts of a soak: what a person, the wizard or a script asks of an open integration, each drawn from a seed."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from cxr_tui.domain.answers import Value
from cxr_tui.domain.finding import Outcome, Status
from cxr_tui.domain.instruction import Site, Visit
from cxr_tui.domain.password_policy import make_password
from cxr_tui.domain.secret import Secret
from cxr_tui.guide.checks.common import AUDIENCE_API_PASSWORD, CONNECT_API_PASSWORD, RESPONSYS_PASSWORD
from cxr_tui.guide.definition import Kind, Step
from cxr_tui.guide.screens import user_page
from cxr_tui.guided import operator_runner
from cxr_tui.guided.rehearsal import rehearse
from cxr_tui.guided.walk import Plan
from cxr_tui.integration.integration import Integration
from cxr_tui.integration.rotation_state import NEXT, Stage
from cxr_tui.jobs.status import look
from cxr_tui.journal.gate import State
from cxr_tui.preflight.import_options import ImportOptions, ImportOptionsError
from cxr_tui.preflight.reading.source import SourceError
from cxr_tui.preflight.runner import preflight
from cxr_tui.reports.handover import handover
from cxr_tui.reports.handover_formats import handover_markdown
from cxr_tui.rotation.instructions import audience_visit, password_visits
from cxr_tui.rotation.managed_secrets import managed_secret
from cxr_tui.rotation.sandbox_driver import operate
from cxr_tui.rotation.service import RotationService
from cxr_tui.rotation.status import RotationStatus

EXPECTED = (ImportOptionsError, SourceError)
"""Errors of acts that are answers, besides those of outside systems."""

NOTHING = "nothing to do"
_USERS = {
    AUDIENCE_API_PASSWORD: "account.audience_api_user",
    CONNECT_API_PASSWORD: "account.connect_api_user",
}
BAD: tuple[Value, ...] = ("", "x" * 5000, "\x1b[31mred", "a\nb", True, 7, [], ["\x00"], {"a": "b"}, "Ünïcödé", " ")


def load() -> None:
    """Load what acts load at first use, so that every fork has it."""
    for name in (
        "cxr_tui.gateways.rest.audience",
        "cxr_tui.gateways.openpgp.gateway",
        "cxr_tui.gateways.rest.responsys",
        "cxr_tui.preflight.runner",
        "cxr_tui.guided.operator_runner",
        "httpx",
        "polars",
    ):
        import_module(name)


def quiet(_: object) -> None:
    """Tell nobody."""


class Session:
    """One process that has the integration open."""

    def __init__(
        self, opening: Callable[[], Integration], order: Mapping[str, Any], mean: Callable[[Mapping[str, Any]], None]
    ) -> None:
        """`mean` is told what an act is about to do, where that cannot be seen any more once the process has died."""
        self._opening = opening
        self._mean = mean
        self._passwords: Mapping[str, str] = order["passwords"]
        """Right ones by keyring item, as the colleague knows them."""
        self.integration = opening()
        self.until: str = order["until"]
        self.typed: str = order["typed"]
        """Beginning of the passwords that a person types here, so that each is known wherever it turns up."""
        self._acts: dict[str, Callable[[random.Random], Awaitable[Any]]] = {
            "advance": self._advance,
            "arrive": self._arrive,
            "confirm": self._confirm,
            "check": self._check,
            "save": self._save,
            "bring_passwords": self._bring_passwords,
            "finish_rotation": self._finish_rotation,
            "keep_secret": self._keep_secret,
            "pass_time": self._pass_time,
            "wait_an_hour": lambda _: self._wait(timedelta(minutes=61)),
            "person_resets": self._person_resets,
            "person_sets": self._person_sets,
            "person_tells": self._person_tells,
            "preflight_local": self._preflight_local,
            "preflight_remote": self._preflight_remote,
            "fix": self._fix,
            "recheck": self._recheck,
            "reopen": self._reopen,
            "report": self._report,
            "rotate_abort": lambda _: self._rotate("abort"),
            "rotate_after_reset": lambda _: self._rotate("retry_after_reset"),
            "rotate_begin": self._rotate_begin,
            "rotate_operate": self._rotate_operate,
            "rotate_resume": lambda _: self._rotate("resume"),
            "status": self._status,
        }

    async def act(self, name: str, seed: int) -> dict[str, Any]:
        """Do one act; return what it told, and how every step stands after it."""
        told = await self._acts[name](random.Random(seed))  # noqa: S311 - an act that can be told again
        standing = self.integration.states()
        return {
            "act": told,
            "holds": [step_id for step_id, state in standing.items() if state.done],
            "verified": [step_id for step_id, state in standing.items() if state.state is State.VERIFIED],
            "seq": self.integration.journal_state().seq,
        }

    async def close(self) -> None:
        """Close in good order."""
        await self.integration.close()

    # The guide

    def _steps(self) -> list[Step]:
        """Return the steps of this life."""
        steps = self.integration.guide.steps
        return list(steps[: self.integration.guide.number(self.until)])

    def _current(self) -> Step | None:
        standing = self.integration.states()
        return next((step for step in self._steps() if not standing[step.id].done), None)

    def _some_step(self, chance: random.Random) -> Step:
        current = self._current()
        return current if current is not None and chance.random() < 0.6 else chance.choice(self._steps())

    async def _advance(self, chance: random.Random) -> object:
        """Do what the wizard's main button does at the first step that does not hold."""
        step = self._current()
        if step is None:
            return NOTHING
        standing = self.integration.states()[step.id]
        wrong = [one for one in standing.outcome.findings if one.status is Status.FAIL] if standing.outcome else []
        fix = next((one.fix for one in wrong if one.fix is not None), None)
        if fix is not None and chance.random() < 0.7:
            await self.integration.apply_fix(fix)
        elsewhere = next((one.at for one in wrong if one.at not in ("", step.id)), "")
        if elsewhere and chance.random() < 0.5:
            await operator_runner.operate(self.integration, elsewhere, quiet, again=True)
            return _told(await self.integration.check(elsewhere, quiet))
        waiting = standing.state is State.WAITING
        if standing.state is not State.STALE:
            await operator_runner.operate(
                self.integration, step.id, quiet, only_wait=waiting, again=bool(wrong) and chance.random() < 0.5
            )
        return _told(await self.integration.check(step.id, quiet))

    async def _arrive(self, _: random.Random) -> object:
        """Let honest people finish everything."""
        plan = Plan({}, {}, self.until)
        progress: list[str] = []
        reports = await rehearse(self.integration, plan, progress.append)
        wrong = next((one.id for one in reports if one.state in (State.FAILED, State.DRAFT)), None)
        if wrong is not None:
            await self._reconsider(self.integration.guide.step(wrong))
            progress.clear()
            reports = await rehearse(self.integration, plan, progress.append)
        failed = [
            [one.id, one.state.value, [f"{two.status} {two.code}: {two.seen}" for two in one.findings]]
            for one in reports
            if one.state not in (State.VERIFIED, State.CONFIRMED, State.LOCKED)
        ]
        return {"left": failed, "done": progress[-20:]} if failed else []

    async def _reconsider(self, stuck: Step) -> None:
        """Let people who are stuck think again: about what they have typed, and about what they gave their word for.

        Of the lists that there are a person chooses one; and whose screen was not filled in the job's last screen says.
        """
        for view in self.integration.form(stuck.id):
            one, known = view.field, self.integration.journal_state().known()
            offered = None if one.origin else one.proposal(known)
            if offered is not None and offered != view.value:
                await self.integration.save(stuck.id, {one.name: offered})
        before = self._steps()[: self.integration.guide.number(stuck.id) - 1]
        for step in before:
            if step.part is stuck.part and self.integration.states()[step.id].state is State.CONFIRMED:
                await operator_runner.operate(self.integration, step.id, quiet, again=True)
                await self.integration.check(step.id, quiet)

    async def _save(self, chance: random.Random) -> object:
        step = self._some_step(chance)
        values: dict[str, Value] = {}
        manner = chance.choices(("kept", "varied", "bad"), (80, 8, 12))[0]
        for view in self.integration.form(step.id):
            one = view.field
            if one.kind is Kind.SECRET or one.origin:
                continue
            if view.value is not None:
                values[one.name] = view.value
        if values and manner != "kept":
            name = chance.choice(sorted(values))
            values[name] = chance.choice(BAD) if manner == "bad" else _varied(values[name], chance)
        shown = {view.field.name for view in self.integration.form(step.id, values)}
        self._mean({"step": step.id, "values": {name: value for name, value in values.items() if name in shown}})
        return {"step": step.id, "problems": sorted(await self.integration.save(step.id, values))}

    async def _keep_secret(self, chance: random.Random) -> object:
        secrets = [(step, one) for step in self._steps() for one in step.fields if one.kind is Kind.SECRET]
        step, one = chance.choice(secrets)
        credentials = self.integration.world.credentials
        way = chance.choice(("same", "same", "typed", "made", "bad", "empty"))
        secret = Secret("")
        if way == "same" and await credentials.has(one.item):
            secret = await credentials.get(one.item)
        elif way == "typed":
            secret = Secret(f"{self.typed}-{chance.randrange(16**8):08x}-Xz")
        elif way == "made":
            secret = make_password()
        elif way == "bad":
            secret = Secret(f"{self.typed}+{chance.randrange(16**4):04x}&%")
        wrong = await self.integration.keep_secret(step.id, one.name, secret)
        return {"step": step.id, "name": one.name, "item": one.item, "way": way, "wrong": bool(wrong)}

    async def _bring_passwords(self, _: random.Random) -> object:
        """Let somebody enter the right passwords of the API users, whatever was entered before."""
        for one in self.integration.guide.step("account").fields:
            if one.item in self._passwords and self.integration.journal_state().known().text(_USERS[one.item]):
                await self.integration.keep_secret("account", one.name, Secret(self._passwords[one.item]))
        return None

    async def _confirm(self, chance: random.Random) -> object:
        step = self._some_step(chance)
        await self.integration.confirm(step.id)
        return {"step": step.id}

    async def _check(self, chance: random.Random) -> object:
        step = self._some_step(chance)
        return {"step": step.id, **_told(await self.integration.check(step.id, quiet))}

    async def _recheck(self, _: random.Random) -> object:
        outcomes = await self.integration.recheck(self._steps(), quiet)
        return {step_id: outcome.verdict.value for step_id, outcome in outcomes.items()}

    async def _fix(self, chance: random.Random) -> object:
        standing = self.integration.states().values()
        fixes = [one.fix for state in standing if state.outcome for one in state.outcome.findings if one.fix]
        if not fixes:
            return NOTHING
        return sorted(await self.integration.apply_fix(chance.choice(fixes)))

    async def _reopen(self, _: random.Random) -> object:
        await self.integration.close()
        self.integration = self._opening()
        return None

    async def _report(self, _: random.Random) -> object:
        document = handover(self.integration)
        return {"report": json.dumps(document) + handover_markdown(document)}

    # Jobs and files

    async def _status(self, _: random.Random) -> object:
        seen = await look(self.integration)
        return {
            "jobs": [job.state.value for job in seen.jobs],
            "unseen": sorted(one.value for one in seen.unavailable_reasons),
        }

    async def _preflight_local(self, chance: random.Random) -> object:
        with tempfile.NamedTemporaryFile("w", suffix=".csv", encoding="utf-8") as file:
            file.write("CUSTOMER_ID_,EMAIL_ADDRESS_\n")
            file.writelines(f"{number},p{number}@example.com\n" for number in range(chance.randint(0, 50)))
            file.flush()
            answer = await preflight(file.name, ImportOptions(), None, quiet)
        return {"codes": sorted({one.code for one in answer.findings})}

    async def _preflight_remote(self, _: random.Random) -> object:
        known = self.integration.journal_state().known()
        path = known.text("exported-file.path")
        if not path:
            return NOTHING
        archived = f"archive/{known.text('exported-file.name')}"
        server = self.integration.world.file_server()
        answer = await preflight(f"sftp:{archived}", ImportOptions(), server, quiet)
        return {"codes": sorted({one.code for one in answer.findings})}

    # Rotation, and the people around it

    def _service(self) -> RotationService:
        return RotationService(self.integration, managed_secret(RESPONSYS_PASSWORD))

    async def _rotate(self, what: str) -> object:
        return _rotated(await getattr(self._service(), what)())

    async def _rotate_begin(self, chance: random.Random) -> object:
        own = Secret(f"{self.typed}-{chance.randrange(16**8):08x}-Rz") if chance.random() < 0.3 else None
        return _rotated(await self._service().begin(own))

    async def _rotate_operate(self, _: random.Random) -> object:
        service = self._service()
        if service.rotation is None or not service.rotation.open:
            return NOTHING
        return _rotated(await operate(service))

    async def _finish_rotation(self, _: random.Random) -> object:
        """Let honest people finish a rotation that is under way."""
        service = self._service()
        for _round in range(6):
            rotation = service.rotation
            if rotation is not None and rotation.new_retained:  # as the finding says, another one takes it up again
                await service.begin()
                continue
            if rotation is None or not rotation.open:
                return None
            if rotation.stage in (Stage.PREPARED, Stage.ROLLING_BACK) and rotation.refused:
                await self._set_by_mail(rotation.next if rotation.stage is Stage.PREPARED else rotation.item)
                await service.retry_after_reset()
            told = await operate(service)
            after = service.rotation
            if after is not None and any(one.code == "screen-refused" for one in told.findings):
                # somebody has reset the password since, and CX Audience is refused with the one kept here
                await self._set_by_mail(after.item if after.stage is Stage.BACK_IN_RESPONSYS else after.next)
        return _rotated(await service.abort())  # whoever gets no further goes back

    async def _set_by_mail(self, item: str) -> None:
        operator = self.integration.world.operator
        assert operator is not None
        user, seen = self.integration.journal_state().known().text("add-user.login_name"), dict[str, Value | Secret]()
        # the mail goes where the user's page says, which an answer changed meanwhile need not be
        mailbox = str((await operator.look(Site.RESPONSYS, user_page(user))).get("Email address", ""))
        for visit in password_visits(user, mailbox, item):
            seen |= (await self._perform(visit, seen)).secrets

    async def _person_sets(self, chance: random.Random) -> object:
        """Let people reset the password by mail and set what the rotation asks for, or the other one by mistake."""
        rotation = self._service().rotation
        if rotation is None or not rotation.open:
            return NOTHING
        item = rotation.next if rotation.stage is not Stage.ROLLING_BACK else rotation.item
        if chance.random() < 0.1:
            item = rotation.item if item == rotation.next else rotation.next
        if not await self.integration.world.credentials.has(item):
            return NOTHING
        await self._set_by_mail(item)
        return {"set": item}

    async def _person_resets(self, _: random.Random) -> object:
        user = self.integration.journal_state().known().text("add-user.login_name")
        await self._perform(password_visits(user, "", "")[0])
        return None

    async def _person_tells(self, chance: random.Random) -> object:
        rotation = self._service().rotation
        if rotation is None or not rotation.open:
            return NOTHING
        item = RESPONSYS_PASSWORD + (NEXT if chance.random() < 0.8 else "")
        if not await self.integration.world.credentials.has(item):
            return NOTHING
        await self._perform(audience_visit(item))
        return {"told": item}

    async def _pass_time(self, chance: random.Random) -> object:
        return await self._wait(timedelta(minutes=chance.choice((1, 1, 5, 61, 61, 600))))

    async def _wait(self, passes: timedelta) -> object:
        operator = self.integration.world.operator
        assert operator is not None
        now = datetime.fromisoformat(str((await operator.look(Site.CALENDAR, ("Wait until",)))["Now"]))
        await self._perform(Visit(Site.CALENDAR, ("Wait until",), {"Time": (now + passes).isoformat()}))
        return None

    async def _perform(self, visit: Visit, seen: Mapping[str, Value | Secret] | None = None) -> Any:  # noqa: ANN401 - what the operator shows
        operator = self.integration.world.operator
        assert operator is not None
        return await operator.perform(visit, seen or {}, self.integration.world.credentials)


def _told(outcome: Outcome) -> dict[str, Any]:
    wrong = [one.code for one in outcome.findings if one.status is not Status.PASS]
    return {"verdict": outcome.verdict.value, "codes": wrong, "said": [one.seen for one in outcome.findings]}


def _rotated(told: RotationStatus) -> dict[str, Any]:
    said = [one.seen for one in told.findings]
    return {"state": told.state, "codes": [one.code for one in told.findings], "said": said, "ok": told.ok}


def _varied(value: Value, chance: random.Random) -> Value:
    """Return another value of the same kind, which may or may not be allowed."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, list):
        return value[:-1] if value and chance.random() < 0.5 else [*value, "other"]
    if isinstance(value, dict):
        return dict(list(value.items())[:-1])
    return f"{value}{chance.choice('xyz')}"
