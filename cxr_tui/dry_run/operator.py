"""The sandbox's operator in a dry run: notes each visit, and shows what the screens would plausibly show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cxr_tui.domain.answers import Value
from cxr_tui.domain.instruction import Carried, FileRef, SecretRef, Shown, Site, Visit, VisitRefusedError
from cxr_tui.domain.ports import Credentials
from cxr_tui.domain.secret import Secret
from cxr_tui.domain.text import visible
from cxr_tui.dry_run.held import made_up
from cxr_tui.dry_run.outlets import UNSEEN_KEY
from cxr_tui.dry_run.touches import Kind, Mood, Touch
from cxr_tui.guide.checks.common import FILE_SERVER_PASSPHRASE
from cxr_tui.guide.checks.responsys_user import user_page
from cxr_tui.guide.definition import Field, Step
from cxr_tui.guide.definition import Kind as FieldKind
from cxr_tui.guide.forms.schedule import read_schedule
from cxr_tui.guide.steps.transfer.ssh2_key import COMPLETED
from cxr_tui.integration.form import EMPTY
from cxr_tui.integration.operator_runner import SECRET_PREFIX

if TYPE_CHECKING:
    from cxr_tui.dry_run.paper import PaperIntegration

USER_PAGES = user_page("")[:-1]
_A_RUN_TAKES = timedelta(minutes=45)
_A_WAIT_TAKES = timedelta(days=1)
_READ_OFF: Mapping[str, Value] = {
    "exported-file.status": "succeeded",
    "external-server.added": True,
    "ssh2-key.status": COMPLETED,
    "imported-profiles.status": "succeeded",
    "imported-profiles.processed": "1000",
    "imported-profiles.rejected": "0",
    "imported-profiles.log": [],
}
"""What screens show once others have done their part and a run went well, by the key of the field."""
_PLAUSIBLE: tuple[Value, ...] = (
    "not-known-yet",
    "http://127.0.0.1",
    "https://not-known-yet.invalid",
    "someone@not-known-yet.invalid",
    "2025-01-01",
    "1",
    UNSEEN_KEY.fingerprint,
)


class DryOperator:
    """Implements `cxr_tui.domain.ports.Operator`; no screen is opened and no desk is asked."""

    def __init__(self, integration: PaperIntegration, reach: Callable[[datetime], None]) -> None:
        self._integration = integration
        self._reach = reach
        self._made_user = False

    async def perform(self, visit: Visit, seen: Mapping[str, Value | Secret], credentials: Credentials) -> Shown:
        """Note a visit, with the secrets and files that it enters, and show what it would bring."""
        pressed = f", press {', '.join(visit.press)}" if visit.press else ""
        self._note(visit.site, visit.path, f"{'wait' if visit.site is Site.CALENDAR else 'visit'}", pressed)
        for value in visit.entries.values():
            if isinstance(value, SecretRef):
                await credentials.get(value.item)
            elif isinstance(value, FileRef):
                self._integration.recorder.note(Touch(Kind.FILE, "read", visible(value.path, 300), purpose="Upload it"))
        if visit.site is Site.CALENDAR:
            self._wait(visit)
        self._made_user = self._made_user or "Create" in visit.press
        return self._brought(visit)

    async def look(self, site: Site, path: Sequence[str]) -> Mapping[str, Value]:
        """Note a look, and show the screen as the guide's own visits would have left it."""
        self._note(site, path, "look")
        path = tuple(path)
        integration, known = self._integration, self._integration.journal_state().known()
        shown: dict[str, Value] = {}
        for step in integration.guide.steps:
            for visit in integration.visits(step.id):
                if (visit.site, visit.path) == (site, path):
                    entered = visit.entries.items()
                    shown |= {at: one for at, one in entered if not isinstance(one, SecretRef | FileRef | Carried)}
        if path[: len(USER_PAGES)] == USER_PAGES:
            if not (self._made_user or known.has("first-password.created")):
                raise VisitRefusedError(Visit(site, path), "there is no such user yet")
            shown |= {"Email address": known.text("add-user.email"), "User status": "Active"}
        return {**shown, **self._standing(site, path)}

    def _standing(self, site: Site, path: tuple[str, ...]) -> dict[str, Value]:
        """Return what a screen shows of its own accord."""
        known = self._integration.journal_state().known()
        match site, path[-1]:
            case Site.AUDIENCE, "Responsys":
                return {"Connection": "Connected", "Status": "Saved"}
            case Site.AUDIENCE, "Destination Connectivity":
                return {"Hostname": [known.text("destination-connectivity.server")]}
            case Site.RESPONSYS, "Add user":
                return {"Login name": ""}
            case _, "SSH2 Keys management":
                return {known.text("ssh2-key.tag"): "Completed"}
            case Site.RESPONSYS, "Select or import key":
                return {"Public keys": [known.text("import-key.public_key_name")]}
            case _, "Completed Jobs":
                now = self._integration.server_time()
                jobs = (known.text("select-object.job_name"), known.text("source-connectivity.job_name"))
                return {job: f"succeeded, 1000 records, {now:%Y-%m-%d %H:%M}" for job in jobs if job}
            case _:
                return {}

    def _wait(self, visit: Visit) -> None:
        now, known = self._integration.server_time(), self._integration.journal_state().known()
        until = visit.entries.get("Time")
        if isinstance(until, str) and visit.path == ("Wait until",):
            self._reach(datetime.fromisoformat(until))
            return
        if visit.path == ("Wait for", "Next run"):
            step_id = "export-schedule" if visit.entries.get("Product") == "Responsys" else "import-schedule"
            try:
                slot = read_schedule(known, step_id).next_slot(now)
            except ValueError:
                slot = None
            if slot is not None:
                self._reach(slot.end + _A_RUN_TAKES)
                return
        self._reach(now + _A_WAIT_TAKES)

    def _brought(self, visit: Visit) -> Shown:
        values: dict[str, Value] = {"Now": self._integration.server_time().isoformat()}
        secrets: dict[str, Secret] = {}
        step = self._integration.operated
        for label, target in visit.brings.items():
            if target.startswith(SECRET_PREFIX):
                item = target.removeprefix(SECRET_PREFIX)
                if item != FILE_SERVER_PASSPHRASE or self._integration.dials.turned(Mood.LOCKED_KEY):
                    secrets[label] = made_up(item)
            elif step is not None:
                values[label] = self._plausible(step, step.field(target))
        return Shown(values=values, secrets=secrets)

    def _plausible(self, step: Step, field: Field) -> Value:
        """Return what a screen would be read as: what a run shows, what the journal knows, or what the field takes."""
        key = step.key(field.name)
        if key in _READ_OFF:
            return _READ_OFF[key]
        before = self._integration.journal_state().known().value(key)
        if before is not None and before not in EMPTY:
            return before
        if field.kind is FieldKind.DATE:
            return self._integration.server_time().date().isoformat()
        if field.kind is FieldKind.LINES:
            return ["not-known-yet-1", "not-known-yet-2"]
        for one in _PLAUSIBLE:
            if self._integration.problem(step.id, field.name, one, {}) is None:
                return one
        return _PLAUSIBLE[0]

    def _note(self, site: Site, path: Sequence[str], act: str, pressed: str = "") -> None:
        where = visible(f"{site.value}: {' > '.join(path)}{pressed}", 300)
        self._integration.recorder.note(Touch(Kind.SCREEN, act, where, purpose="In the sandbox: what a person does"))
