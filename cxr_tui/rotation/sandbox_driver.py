"""A rotation in a sandbox: its operator does the browser part, and advances time until the jobs have run."""

from __future__ import annotations

from contextlib import suppress

from cxr_tui.domain.answers import Value
from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.instruction import Site, Visit, VisitRefusedError
from cxr_tui.domain.ports import Operator
from cxr_tui.domain.secret import Secret
from cxr_tui.guide.screens import user_page
from cxr_tui.integration.rotation_state import Rotation, Stage, audience_entry
from cxr_tui.rotation import findings
from cxr_tui.rotation.instructions import audience_visit, password_visits
from cxr_tui.rotation.service import Findings, RotationService
from cxr_tui.rotation.status import RotationStatus

_MOST_STAGES = 12
_JOBS = (("Responsys", "select-object.job_name"), ("CX Audience", "source-connectivity.job_name"))


async def operate(service: RotationService) -> RotationStatus:
    """Continue a rotation as far as possible: the instruction of every stage, then its verification.

    After a kill the instruction of a stage is repeated from the start: a password that is reset and set again is
    certainly active, without a login attempt.
    """
    operator = service.integration.world.operator
    if operator is None:
        raise RuntimeError("only a sandbox has an operator")

    async def go_on() -> Findings:
        found: list[Finding] = []
        for _ in range(_MOST_STAGES):
            rotation = service.rotation
            if rotation is None or not rotation.open:
                break
            found += await _stage(service, operator, rotation)
            after = service.rotation
            if after == rotation or any(one.status in (Status.FAIL, Status.UNKNOWN) for one in found):
                break
        ended = service.rotation is None or not service.rotation.open
        return tuple(one for one in found if not (ended and one.code == "no-run-yet"))

    return await service.act(go_on)


async def _stage(service: RotationService, operator: Operator, rotation: Rotation) -> Findings:
    match rotation.stage:
        case Stage.PREPARED | Stage.ROLLING_BACK if not service.secret.reset_by_mail:
            seen = "No screen of the sandbox changes this secret."
            return (findings.problem("no-screen", seen, "", "Change it where it is managed, then run --resume."),)
        case Stage.PREPARED:
            await _set_password(service, operator, rotation.next)
            return await service.verify_change(rotation)
        case Stage.ROLLING_BACK:
            await _set_password(service, operator, rotation.item)
            return await service.verify_return(rotation)
        case Stage.IN_RESPONSYS:
            await _perform(service, operator, audience_visit(rotation.next))
            return await service.audience_changed(Stage.IN_AUDIENCE)
        case Stage.BACK_IN_RESPONSYS:
            await _perform(service, operator, audience_visit(rotation.item))
            return await service.audience_changed(Stage.ROLLED_BACK)
        case Stage.PROMOTED:
            if rotation.audience == "refused":
                await _perform(service, operator, audience_visit(rotation.item))
                service.integration.note([audience_entry(rotation.item, rotation.number, "confirmed")])
            await _let_jobs_run(service, operator)
            return await service.finish(service.rotation or rotation)
        case _:
            return await service.promote(rotation)


async def _set_password(service: RotationService, operator: Operator, item: str) -> None:
    """Reset the user's password, open the email and set the password of the keyring item."""
    known = service.integration.journal_state().known()
    user = known.text(service.secret.user_key)
    shown = await operator.look(Site.RESPONSYS, user_page(user))
    seen: dict[str, Value | Secret] = {}
    for visit in password_visits(user, str(shown.get("Email address", "")), item):
        result = await _perform(service, operator, visit, seen)
        seen.update(result)


async def _perform(
    service: RotationService, operator: Operator, visit: Visit, seen: dict[str, Value | Secret] | None = None
) -> dict[str, Value | Secret]:
    service.progress(" ▸ ".join(visit.path))
    shown = await operator.perform(visit, seen or {}, service.integration.world.credentials)
    return {**shown.values, **shown.secrets}


async def _let_jobs_run(service: RotationService, operator: Operator) -> None:
    known = service.integration.journal_state().known()
    for product, key in _JOBS:
        name = known.text(key)
        if name:
            visit = Visit(Site.CALENDAR, ("Until the job has run",), {"Product": product, "Job name": name})
            with suppress(VisitRefusedError):  # a job whose schedule is over does not run again
                await _perform(service, operator, visit)
