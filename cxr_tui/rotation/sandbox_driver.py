"""A rotation in a sandbox: its operator does the browser part, and advances time until the jobs have run."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from cxr_tui.domain.answers import Value
from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.instruction import Shown, Site, Visit, VisitRefusedError
from cxr_tui.domain.ports import Operator
from cxr_tui.domain.secret import Secret
from cxr_tui.guide.forms.connect_job import EXPORT_JOB, IMPORT_JOB
from cxr_tui.guide.screens import user_page
from cxr_tui.integration.rotation_state import Stage
from cxr_tui.rotation import findings
from cxr_tui.rotation.service import Findings, RotationService
from cxr_tui.rotation.status import RotationAction, RotationStatus

_MOST_STAGES = 12


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
            todo = service.status().todo
            if todo is not None and rotation.stage in (Stage.PREPARED, Stage.ROLLING_BACK) and not todo.visits:
                seen = "No screen of the sandbox changes this password."
                return (findings.problem("no-screen", seen, "", "Change it where it is managed, then run --resume."),)
            if todo is not None:
                await _carry_out(service, operator, todo.visits)
            if rotation.stage is Stage.PROMOTED:
                await _let_jobs_run(service, operator)
            found += await service.go_on()
            after = service.rotation
            if after == rotation or any(one.status in (Status.FAIL, Status.UNKNOWN) for one in found):
                break
        ended = service.rotation is None or not service.rotation.open
        return tuple(one for one in found if not (ended and one.code == "no-run-yet"))

    return await service.act(go_on)


ACTIONS: Mapping[RotationAction, Callable[[RotationService], Awaitable[RotationStatus]]] = {
    RotationAction.GO_ON: RotationService.begin_or_resume,
    RotationAction.OPERATE: operate,
    RotationAction.GO_BACK: RotationService.abort,
    RotationAction.AFTER_RESET: RotationService.retry_after_reset,
}
"""What the actions do that need nothing from the person."""


async def _carry_out(service: RotationService, operator: Operator, visits: Sequence[Visit]) -> None:
    """Let the operator carry out visits, each with what the ones before have shown."""
    user = service.integration.journal_state().known().text(service.secret.user_key)
    seen: dict[str, Value | Secret] = {}
    for visit in visits:
        if visit.site is Site.MAILBOX:  # the operator opens the mailbox of the address that the product has
            shown = await operator.look(Site.RESPONSYS, user_page(user))
            visit = replace(visit, entries={"To": str(shown.get("Email address", ""))})
        result = await _perform(service, operator, visit, seen)
        seen |= {**result.values, **result.secrets}


async def _perform(
    service: RotationService, operator: Operator, visit: Visit, seen: Mapping[str, Value | Secret]
) -> Shown:
    service.progress(" ▸ ".join(visit.path))
    return await operator.perform(visit, seen, service.integration.world.credentials)


async def _let_jobs_run(service: RotationService, operator: Operator) -> None:
    known = service.integration.journal_state().known()
    for job in (EXPORT_JOB, IMPORT_JOB):
        if job.name(known):
            with suppress(VisitRefusedError):  # a job whose schedule is over does not run again
                await _perform(service, operator, job.next_run(known), {})
