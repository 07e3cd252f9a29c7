"""The rotation of one secret: begin, resume, abort. Every action can be interrupted and repeated."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from cxr_tui.domain.errors import NothingStoredError, OutsideError
from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.instruction import VisitRefusedError
from cxr_tui.domain.login_endings import one_command
from cxr_tui.domain.password_policy import defects, make_password
from cxr_tui.domain.ports import Progress
from cxr_tui.domain.secret import Secret
from cxr_tui.domain.text import counted, visible
from cxr_tui.integration.integration import Integration
from cxr_tui.integration.rotation_state import Rotation, Stage, refusals_until_lockout, stage_entry
from cxr_tui.journal.events import secret_entry
from cxr_tui.journal.rotation_lock import RotationBusyError, rotation_lock
from cxr_tui.journal.store import Entry
from cxr_tui.rotation import findings, keyring_swap
from cxr_tui.rotation.instructions import instruction
from cxr_tui.rotation.login_probe import LoginProbe, outside_finding, probe
from cxr_tui.rotation.managed_secrets import ManagedSecret
from cxr_tui.rotation.status import RotationStatus
from cxr_tui.rotation.transitions import require_move
from cxr_tui.rotation.verification import check_stale, runs_since

Findings = tuple[Finding, ...]


class RotationService:
    """Actions on the rotation of one secret; the state is in the journal only."""

    def __init__(self, integration: Integration, secret: ManagedSecret, progress: Progress = lambda _: None) -> None:
        self.integration = integration
        self.secret = secret
        self.progress = progress

    @property
    def rotation(self) -> Rotation | None:
        """The latest rotation of this secret."""
        return self.integration.journal_state().rotations.get(self.secret.item)

    def status(self, found: Findings = ()) -> RotationStatus:
        """Return the status of the rotation, with the findings of an action."""
        journal = self.integration.journal_state()
        rotation = journal.rotations.get(self.secret.item)
        todo = instruction(rotation, self.secret, journal.known()) if rotation else None
        return RotationStatus(self.secret, rotation, found, todo)

    async def begin(self, own: Secret | None = None) -> RotationStatus:
        """Store a new secret in the keyring next to the current one; nothing else changes yet."""
        return await self.act(lambda: self._begin(own))

    async def resume(self) -> RotationStatus:
        """Continue. If a person had to act, this confirms that they did; it is verified."""
        return await self.act(self.go_on)

    async def begin_or_resume(self) -> RotationStatus:
        """Continue where a rotation is open, else begin one."""
        return await (self.resume() if self.rotation is not None and self.rotation.open else self.begin())

    async def abort(self) -> RotationStatus:
        """Cancel before the change, go back after it, or stop going back."""
        return await self.act(self._abort)

    async def retry_after_reset(self) -> RotationStatus:
        """Allow two more attempts, because an Account Administrator has reset the password; then continue."""

        async def retry() -> Findings:
            rotation = self.rotation
            if rotation is not None and rotation.stage in (Stage.PREPARED, Stage.ROLLING_BACK) and rotation.refused:
                entry = stage_entry(self.secret.item, rotation.number + 1, rotation.stage, by="person")
                self.integration.note([entry])
            return await self.go_on()

        return await self.act(retry)

    async def act(self, act: Callable[[], Awaitable[Findings]]) -> RotationStatus:
        """Run an action under the rotation lock; outside and keyring errors become findings."""
        try:
            with rotation_lock(self.integration.place), one_command():
                return self.status(await act())
        except RotationBusyError as error:
            found = findings.problem(
                "rotation-busy",
                str(error),
                "Two rotations at once could lose a password.",
                "Wait until the other one ends.",
            )
            return self.status((found,))
        except VisitRefusedError as error:
            return self.status((findings.screen_refused(error.visit.path, error.message),))
        except OutsideError as error:
            return self.status((outside_finding(error, self.secret),))

    def move(self, stage: Stage, *also: Entry, **more: object) -> Rotation:
        """Record a transition in one transaction, and return the rotation after it."""
        rotation = self.rotation
        require_move(rotation.stage if rotation else None, stage)
        number = rotation.number if rotation else 1
        if stage is Stage.PREPARED and rotation is not None:
            number += 1
        self.integration.note([stage_entry(self.secret.item, number, stage, **more), *also])
        return self.integration.journal_state().rotations[self.secret.item]

    async def _begin(self, own: Secret | None) -> Findings:
        credentials, secret, before = self.integration.world.credentials, self.secret, self.rotation
        problem = await self._not_ready(before, own)
        if problem:
            return (problem,)
        if before is not None:
            await keyring_swap.delete_obsolete(credentials, before)
        self.progress("Storing the new password")
        number = before.number + 1 if before else 1
        made = make_password()
        superseded = await keyring_swap.prepare(credentials, secret.item, number, before, own, made)
        rotation = self.move(Stage.PREPARED, aside=list(superseded), by="typed" if own else "made")
        seen = f"{secret.title}: the new one is stored as {rotation.next} in {credentials.store}; the old one is kept."
        return (findings.passed("rotation-prepared", seen, "Both are kept, whichever is active."),)

    async def _not_ready(self, before: Rotation | None, own: Secret | None) -> Finding | None:
        """Return why no rotation can begin; None if it can."""
        secret, credentials = self.secret, self.integration.world.credentials
        if before is not None and before.open and before.stage is not Stage.PROMOTED:
            seen = f"A rotation is in progress: {before.stage.value}."
            return findings.problem("rotation-open", seen, "", "Continue with --resume, or go back with --abort.")
        known = self.integration.journal_state().known()
        if not known.number(secret.key) or not await credentials.has(secret.item):
            seen = f"{secret.title}: not stored here, so it cannot be rotated."
            return findings.problem("secret-missing", seen, "", f"Enter it at step {secret.step} first.")
        if own is None:
            return None
        wanting = defects(own)
        if wanting:
            return findings.problem(
                "password-rules", f"The new password needs: {', '.join(wanting)}.", "", "Choose another."
            )
        if own == await credentials.get(secret.item):
            return findings.problem("password-same", "The new password is the current one.", "", "Choose another.")
        return None

    async def go_on(self) -> Findings:
        """Verify what a person had to do at this stage, and continue from there; call it within `act`."""
        rotation = self.rotation
        if rotation is None:
            return (
                findings.problem("no-rotation", "There is no rotation to resume.", "", "Start one: cxr-tui rotate"),
            )
        match rotation.stage:
            case Stage.PREPARED:
                return await self._verify_change(rotation)
            case Stage.ROLLING_BACK:
                return await self._verify_return(rotation)
            case Stage.IN_RESPONSYS:
                rotation = self.move(Stage.IN_AUDIENCE, audience="confirmed")
                changed = findings.passed(
                    "changed-in-audience", "A person confirmed that CX Audience has the new password."
                )
                return (changed, *await self._promote(rotation))
            case Stage.BACK_IN_RESPONSYS:
                return await self._back_on_both_sides()
            case Stage.IN_AUDIENCE | Stage.CHANGED:
                return await self._promote(rotation)
            case Stage.PROMOTED:
                return await self._finish(rotation)
            case _:  # the process was killed after the last record
                await keyring_swap.delete_obsolete(self.integration.world.credentials, rotation)
                return await self._check_stale()

    async def _verify_change(self, rotation: Rotation) -> Findings:
        """Check whether the new secret is active; if not, report which one is."""
        if not await self.integration.world.credentials.has(rotation.next):
            raise NothingStoredError(rotation.next)
        found = await self._probe(rotation.next, rotation.item)
        if found.active == rotation.next:
            return await self._changed()
        return (findings.not_changed(self._tries_left()) if found.active else self._unproven(found),)

    async def _verify_return(self, rotation: Rotation, *, stay: bool = False) -> Findings:
        """Check whether the old secret is active again; to `stay` is to keep the new one if that is still active."""
        items = (rotation.next, rotation.item) if stay else (rotation.item, rotation.next)
        found = await self._probe(*items)
        if found.active == rotation.item:
            return await self._returned(rotation)
        if not found.active:
            return (self._unproven(found),)
        if not stay:
            return (findings.not_back(self._tries_left()),)
        if not self.secret.shared_with_audience:
            self.move(Stage.CHANGED)
        else:
            self.move(Stage.IN_AUDIENCE if rotation.audience else Stage.IN_RESPONSYS)
        return (findings.passed("going-on", "The new password is active and kept. Continue with --resume."),)

    async def _changed(self) -> Findings:
        if not self.secret.shared_with_audience:
            rotation = self.move(Stage.CHANGED)
            proof = findings.passed(
                "changed", f"{self.secret.title}: the new one is accepted, so the old one is no longer valid."
            )
            return (proof, *await self._promote(rotation))
        self.move(Stage.IN_RESPONSYS)
        seen = "Responsys accepts the new password, so the old one is no longer valid; it is not tried."
        return (findings.passed("changed-in-responsys", seen),)

    async def _back_on_both_sides(self) -> Findings:
        """Remove the new password only if a login shows that the old one is still active."""
        found = await self._probe(self.secret.item)
        if found.inconclusive and found.trouble is not None:
            return (found.trouble,)  # it can be verified soon, so it is not left open now
        rotation = self.move(Stage.ROLLED_BACK, audience="confirmed", kept=not found.active)
        if not found.active:
            trouble = found.trouble or findings.changed_since(self._tries_left(), "old", "new")
            return (trouble, findings.kept_aside(rotation))
        await keyring_swap.delete_obsolete(self.integration.world.credentials, rotation)
        seen = "The old password is active in Responsys, and confirmed by a person in CX Audience."
        return (findings.passed("rolled-back", seen), *await self._check_stale())

    async def _promote(self, rotation: Rotation) -> Findings:
        """Make the new secret the current one with a new version, so that steps that depend on it are checked again."""
        secret = self.secret
        self.progress("Making the new password the current one")
        await keyring_swap.promote(self.integration.world.credentials, rotation)
        version = self.integration.journal_state().known().number(secret.key) + 1
        rotation = self.move(Stage.PROMOTED, secret_entry(secret.step, secret.field, secret.item, version, "rotation"))
        promoted = findings.passed("promoted", f"{secret.title}: the new one is now the current one.")
        return (promoted, *await self._finish(rotation))

    async def _finish(self, rotation: Rotation) -> Findings:
        """Check steps that depend on the secret, look for a later successful run, and then remove the old secret."""
        world = self.integration.world
        await keyring_swap.delete_obsolete(world.credentials, rotation)
        refused_before = self._refusals()
        skip_steps: set[str] = set()
        stale = await self._check_stale(skip_steps)
        if not self.secret.shared_with_audience:
            return (*stale, *await self._done((), skip_steps))
        journal = self.integration.journal_state()
        ahead = world.now() - world.own_time()  # runs and files have the servers' time, the journal has this computer's
        runs = await runs_since(journal.known(), world, rotation.since + ahead)
        if not runs.succeeded and runs.ahead:
            unseen = f" Could not be checked: {visible('; '.join(runs.unseen))}" if runs.unseen else ""
            waits = f"No run has succeeded since. Until then the old password is kept as {rotation.previous}.{unseen}"
            return (*stale, Finding("no-run-yet", Status.WARN, waits, "", "Check again after the next run: --resume."))
        if journal.rotations[self.secret.item].refused > rotation.refused:
            # a check has just tried it; a refused password is not tried again unasked
            changed = self._refusals() > refused_before
            return (*stale, findings.changed_since(self._tries_left())) if changed else stale
        found = await self._probe(self.secret.item)
        if found.active:
            return (*stale, *await self._done(runs.succeeded, skip_steps))
        return (*stale, found.trouble or findings.changed_since(self._tries_left()))

    async def _done(self, runs: tuple[str, ...], skip_steps: set[str]) -> Findings:
        rotation = self.move(Stage.DONE)
        await keyring_swap.delete_obsolete(self.integration.world.credentials, rotation)
        seen = " ".join(runs) or "No further run is expected."
        return (
            findings.passed("rotation-done", f"{seen} The old password is removed."),
            *await self._check_stale(skip_steps),
        )

    async def _returned(self, rotation: Rotation) -> Findings:
        if self.secret.shared_with_audience and rotation.audience:
            self.move(Stage.BACK_IN_RESPONSYS)
            return (findings.passed("back-in-responsys", "Responsys accepts the old password again."),)
        rotation = self.move(Stage.ROLLED_BACK)
        await keyring_swap.delete_obsolete(self.integration.world.credentials, rotation)
        done = findings.passed("rolled-back", f"{self.secret.title}: the old one is active again.")
        return (done, *await self._check_stale())

    async def _abort(self) -> Findings:
        rotation = self.rotation
        match rotation:
            case Rotation(stage=Stage.PREPARED):
                return await self._cancel(rotation)
            case Rotation(stage=Stage.IN_RESPONSYS | Stage.IN_AUDIENCE | Stage.CHANGED):
                self.move(Stage.ROLLING_BACK)
                seen = "Going back: set the old password again. Both are kept until a login decides."
                return (Finding("rolling-back", Status.WARN, seen, "", "Set the old password, then run --resume."),)
            case Rotation(stage=Stage.ROLLING_BACK):
                return await self._verify_return(rotation, stay=True)
            case _:
                seen = "There is nothing to cancel at this point."
                return (findings.problem("nothing-to-abort", seen, "", "To change it again, start another rotation."),)

    async def _cancel(self, rotation: Rotation) -> Findings:
        """Cancel before the change; a login with the old secret proves that the new one is not active."""
        found = await self._probe(rotation.item, rotation.next)
        if found.active == rotation.next:
            back = " To revert it, run --abort again." if self.secret.shared_with_audience else ""
            after_all = f"The new password is already active, so the rotation was not canceled.{back}"
            return (
                findings.problem("changed-after-all", after_all, "", "Continue with --resume."),
                *await self._changed(),
            )
        if found.inconclusive and found.trouble is not None:
            return (found.trouble,)  # it can be verified soon, so it is not canceled now
        rotation = self.move(Stage.ABORTED, kept=not found.active)
        await keyring_swap.delete_obsolete(self.integration.world.credentials, rotation)
        if not found.active:
            return (*([found.trouble] if found.trouble else []), findings.kept_aside(rotation))
        return (
            findings.passed(
                "rotation-aborted", "The old password works; the new one was removed. Nothing has changed."
            ),
        )

    async def _probe(self, *items: str) -> LoginProbe:
        return await probe(self.integration, self.secret, items, self.progress)

    def _unproven(self, found: LoginProbe) -> Finding:
        """Return why no active secret was found."""
        rotation = self.integration.journal_state().rotations[self.secret.item]
        return found.trouble or findings.neither(self.secret, rotation, self._tries_left())

    def _tries_left(self) -> str:
        """Return the number of remaining attempts, in a sentence."""
        journal = self.integration.journal_state()
        left = journal.rotations[self.secret.item].left
        lock = refusals_until_lockout(journal.refusal_streak(self.secret.item), self.integration.world.own_time())
        return (
            f" {counted(left, 'attempt')} left in this rotation; about {lock} more refused logins would lock the user."
        )

    async def _check_stale(self, skip_steps: set[str] | None = None) -> Findings:
        return await check_stale(self.integration, self.progress, set() if skip_steps is None else skip_steps)

    def _refusals(self) -> int:
        """Return the number of known refused logins with the current secret."""
        return self.integration.journal_state().refusals.get(self.secret.item, 0)
