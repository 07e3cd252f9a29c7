"""The rotation of one secret: begin, go on, go back; every act can be killed and done again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from cxr_tui.domain.errors import NothingStoredError, OutsideError
from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.instruction import VisitRefusedError
from cxr_tui.domain.login_endings import one_command
from cxr_tui.domain.password_policy import PasswordRules, make_password, rules_from
from cxr_tui.domain.ports import Progress
from cxr_tui.domain.safe_text import visible
from cxr_tui.domain.secret import Secret
from cxr_tui.journal.lock import RotationBusyError
from cxr_tui.journal.rotations import Rotation, Stage, audience_entry, stage_entry
from cxr_tui.journal.state import secret_entry
from cxr_tui.journal.store import Entry
from cxr_tui.rotation import findings, keyring_swap
from cxr_tui.rotation.instructions import instruction
from cxr_tui.rotation.login_probe import find_out, outside_finding
from cxr_tui.rotation.managed_secrets import HeldSecret
from cxr_tui.rotation.port import Integration
from cxr_tui.rotation.rechecking import check_stale
from cxr_tui.rotation.status import Told
from cxr_tui.rotation.transitions import Found, require_move
from cxr_tui.rotation.verification import connection_shown, is_refusal, runs_since

Findings = tuple[Finding, ...]


def _quiet(_: str) -> None:
    """Tell nobody."""


class Rotating:
    """Acts on the rotation of one secret of one integration; holds no state, the journal does."""

    def __init__(self, place: Integration, held: HeldSecret, progress: Progress = _quiet) -> None:
        self.place = place
        self.held = held
        self.progress = progress

    @property
    def rotation(self) -> Rotation | None:
        """The newest rotation of this secret."""
        return self.place.journal_state().rotations.get(self.held.item)

    def rules(self) -> PasswordRules:
        """Return what the account demands of a password, the strictest that can be until somebody has said."""
        return rules_from(self.place.journal_state().password_rules or {})

    def told(self, found: Findings = ()) -> Told:
        """Return where the rotation is, with what an act has found."""
        rotation = self.rotation
        todo = instruction(rotation, self.held, self.place.journal_state().known()) if rotation else None
        return Told(self.held, rotation, found, todo)

    async def begin(self, own: Secret | None = None) -> Told:
        """Put a new secret into the keyring beside the current one; nothing is changed anywhere yet."""
        return await self.act(lambda: self._begin(own))

    async def resume(self) -> Told:
        """Go on from wherever it is. Where a person had to act, this is their word that they did; it is verified."""
        return await self.act(self._resume)

    async def abort(self) -> Told:
        """Give up before the change, go back after it, or end going back."""
        return await self.act(self._abort)

    async def anew(self) -> Told:
        """Allow two more tries: an Account Administrator has set the password anew, says a person. Then go on."""

        async def go_on() -> Findings:
            rotation = self.rotation
            if rotation is not None and rotation.stage in (Stage.PREPARED, Stage.ROLLING_BACK) and rotation.refused:
                self.place.note([stage_entry(self.held.item, rotation.number + 1, rotation.stage, by="person")])
            return await self._resume()

        return await self.act(go_on)

    async def act(self, act: Callable[[], Awaitable[Findings]]) -> Told:
        """Do one act alone in the journal's turn; what the world or the keyring refuses becomes a finding."""
        try:
            with self.place.rotation_lock(), one_command():
                return self.told(await act())
        except RotationBusyError as error:
            found = findings.wrong("rotation-busy", str(error), "Two at once could lose a password.", "Wait for it.")
            return self.told((found,))
        except VisitRefusedError as error:
            return self.told((findings.screen_refused(error.visit.path, error.message),))
        except OutsideError as error:
            return self.told((outside_finding(error, self.held),))

    def move(self, stage: Stage, *also: Entry, **more: object) -> Rotation:
        """Record a transition in one transaction, and return the rotation after it."""
        rotation = self.rotation
        require_move(rotation.stage if rotation else None, stage)
        number = rotation.number if rotation else 1
        if stage is Stage.PREPARED and rotation is not None:
            number += 1
        self.place.note([stage_entry(self.held.item, number, stage, **more), *also])
        return self.place.journal_state().rotations[self.held.item]

    async def _begin(self, own: Secret | None) -> Findings:
        credentials, held = self.place.world.credentials, self.held
        problem = await self._not_ready(own)
        if problem:
            return (problem,)
        before = self.rotation
        if before is not None:
            await keyring_swap.sweep(credentials, before)
        self.progress("Putting the new one beside the old one")
        number = before.number + 1 if before else 1
        aside = await keyring_swap.prepare(credentials, held.item, number, before, own, make_password(self.rules()))
        rotation = self.move(Stage.PREPARED, aside=list(aside), by="typed" if own else "made")
        seen = f"{held.title}: the new one lies beside the current one, as {rotation.next} in {credentials.store}."
        return (findings.said("rotation-prepared", seen, "Whichever of the two comes into force, it is kept."),)

    async def _not_ready(self, own: Secret | None) -> Finding | None:
        """Return why no rotation can begin; None: one can."""
        held, known, before = self.held, self.place.journal_state().known(), self.rotation
        if before is not None and before.open and before.stage is not Stage.PROMOTED:
            seen = f"A rotation is under way: {before.stage.value}."
            return findings.wrong("rotation-open", seen, "", "Go on with --resume, or go back with --abort.")
        if not known.number(held.key) or not await self.place.world.credentials.has(held.item):
            seen = f"{held.title}: nothing is kept here that could be exchanged."
            return findings.wrong("secret-missing", seen, "", f"Enter it at the step {held.step} first.")
        if own is None:
            return None
        wanting = self.wanting(own)
        if wanting:
            return findings.wrong("password-rules", f"The new one needs: {', '.join(wanting)}.", "", "Choose another.")
        if own == await self.place.world.credentials.get(held.item):
            return findings.wrong("password-same", "The new one is the one in use.", "", "Choose another.")
        return None

    def wanting(self, own: Secret) -> tuple[str, ...]:
        """Return what a secret that a person chose lacks; nothing: it will do."""
        user = self.place.journal_state().known().text(self.held.user_key) if self.held.user_key else ""
        if self.held.is_password:
            return self.rules().wanting(own, user)
        return () if own else ("at least one character",)

    async def _resume(self) -> Findings:
        rotation = self.rotation
        match rotation.stage if rotation else None:
            case Stage.PREPARED:
                return await self.prove_change()
            case Stage.ROLLING_BACK:
                return await self.prove_return()
            case Stage.IN_RESPONSYS:
                return await self.take_word(Stage.IN_AUDIENCE)
            case Stage.BACK_IN_RESPONSYS:
                return await self.take_word(Stage.ROLLED_BACK)
            case Stage.IN_AUDIENCE | Stage.CHANGED:
                return await self.promote()
            case Stage.PROMOTED:
                return await self.settle()
            case None:
                return (findings.wrong("no-rotation", "No rotation was begun.", "", "Begin one: cxr-tui rotate"),)
            case _:
                return await self._after_the_end()

    async def prove_change(self) -> Findings:
        """See whether the new secret is in force; say what is, where it is not."""
        rotation = self._now()
        if not await self.place.world.credentials.has(rotation.next):
            raise NothingStoredError(rotation.next)
        answer = await find_out(self.place, self.held, (rotation.next, rotation.item), self.progress)
        match answer.found:
            case Found.NEXT:
                return await self._changed()
            case Found.CURRENT:
                return (findings.not_changed(self.place, self.held),)
            case Found.NEITHER:
                return (findings.neither(self.place, self.held),)
            case _:
                return (answer.trouble,) if answer.trouble else ()

    async def _changed(self) -> Findings:
        if not self.held.two_sided:
            self.move(Stage.CHANGED)
            proof = findings.said("changed", f"{self.held.title}: the new one is accepted, so the old one is dead.")
            return (proof, *await self.promote())
        self.move(Stage.IN_RESPONSYS)
        seen = "Responsys accepts the new password. A user has one, so the old one is dead; it is not tried."
        return (findings.said("changed-in-responsys", seen),)

    async def take_word(self, stage: Stage) -> Findings:
        """Take a person's word that CX Audience was told, unless its page says otherwise."""
        connection = await connection_shown(self.place.world.screens)
        if is_refusal(connection):
            return (findings.one_sided(connection),)
        return await self.told_audience(stage, "confirmed")

    async def told_audience(self, stage: Stage, audience: str) -> Findings:
        """Record that CX Audience was told, by whose evidence, and go on."""
        how = "it logged in with it when its page was saved" if audience == "verified" else "says a person"
        if stage is Stage.ROLLED_BACK:
            return await self._back_on_both_sides(audience, how)
        self.move(stage, audience=audience)
        seen = f"CX Audience has the new password: {how}."
        return (findings.said("changed-in-audience", seen), *await self.promote())

    async def _back_on_both_sides(self, audience: str, how: str) -> Findings:
        """Remove the new one only where a login shows that the old one is still in force."""
        found, trouble = Found.CURRENT, None
        if audience != "verified":
            answer = await find_out(self.place, self.held, (self.held.item,), self.progress)
            found, trouble = answer.found, answer.trouble
        if trouble is not None and trouble.status is Status.UNKNOWN:
            return (trouble,)  # nobody answered; what can be verified in a minute is not left open now
        rotation = self.move(Stage.ROLLED_BACK, audience=audience, kept=found is not Found.CURRENT)
        if found is not Found.CURRENT:
            told = trouble or findings.changed_since(self.place, self.held, "old", "new")
            return (told, findings.kept_aside(rotation))
        await keyring_swap.sweep(self.place.world.credentials, rotation)
        seen = f"The old password is in force in Responsys and in CX Audience ({how})."
        return (findings.said("rolled-back", seen), *await self._check_stale())

    async def promote(self) -> Findings:
        """Make the new secret the current one, and count a new version, so that what rests on it is checked anew."""
        rotation, held = self._now(), self.held
        self.progress("Making the new one the current one")
        await keyring_swap.make_current(self.place.world.credentials, rotation)
        version = self.place.journal_state().known().number(held.key) + 1
        self.move(Stage.PROMOTED, secret_entry(held.step, held.field, held.item, version, "rotation"))
        return (
            findings.said("promoted", f"{held.title}: the new one is the current one now."),
            *await self.settle(),
        )

    async def settle(self) -> Findings:
        """Check what rests on the secret, look for a run that succeeded since, and remove the old one then."""
        rotation, world = self._now(), self.place.world
        await keyring_swap.sweep(world.credentials, rotation)
        wrong, refused = rotation.refused, self._refusals()
        spared: set[str] = set()
        stale = await self._check_stale(spared)
        if not self.held.two_sided:
            return (*stale, *await self._done((), spared))
        connection = await connection_shown(world.screens)
        if is_refusal(connection):
            if rotation.audience != "refused":
                self.place.note([audience_entry(self.held.item, rotation.number, "refused")])
            return (*stale, findings.one_sided(connection))
        if rotation.audience == "refused":
            self.place.note([audience_entry(self.held.item, rotation.number, "confirmed")])
        known = self.place.journal_state().known()
        ahead = world.now() - world.own_time()  # runs and files have the servers' time, the journal this machine's
        runs = await runs_since(known, world, rotation.since + ahead)
        if runs.succeeded or not runs.ahead:
            if self._now().refused > wrong:  # a check has just tried it, and what is refused is not tried again unasked
                changed = self._refusals() > refused
                return (*stale, findings.changed_since(self.place, self.held)) if changed else stale
            return (*stale, *await self._prove_and_end(runs.succeeded, spared))
        unseen = f" Not seen: {visible('; '.join(runs.unseen))}" if runs.unseen else ""
        waits = f"No run has succeeded since; the old one is kept as {rotation.previous} until then.{unseen}"
        return (*stale, Finding("no-run-yet", Status.WARN, waits, "", "Look again after the next run: --resume."))

    async def _prove_and_end(self, runs: tuple[str, ...], spared: set[str]) -> Findings:
        """Remove the old one only where a login shows that the new one is still in force."""
        answer = await find_out(self.place, self.held, (self.held.item,), self.progress)
        if answer.found is Found.CURRENT:
            return await self._done(runs, spared)
        if answer.found is Found.NEITHER:
            return (findings.changed_since(self.place, self.held),)
        return (answer.trouble,) if answer.trouble else ()

    async def _done(self, runs: tuple[str, ...], spared: set[str]) -> Findings:
        rotation = self.move(Stage.DONE)
        await keyring_swap.sweep(self.place.world.credentials, rotation)
        seen = " ".join(runs) or "Nothing is left to wait for."
        return (findings.said("rotation-done", f"{seen} The old one is removed."), *await self._check_stale(spared))

    async def prove_return(self) -> Findings:
        """See whether the old secret is in force again."""
        rotation = self._now()
        answer = await find_out(self.place, self.held, (rotation.item, rotation.next), self.progress)
        match answer.found:
            case Found.CURRENT:
                return await self._returned()
            case Found.NEXT:
                return (findings.not_back(self.place, self.held),)
            case Found.NEITHER:
                return (findings.neither(self.place, self.held),)
            case _:
                return (answer.trouble,) if answer.trouble else ()

    async def _returned(self) -> Findings:
        if self.held.two_sided and self._now().audience:
            self.move(Stage.BACK_IN_RESPONSYS)
            return (findings.said("back-in-responsys", "Responsys accepts the old password again."),)
        rotation = self.move(Stage.ROLLED_BACK)
        await keyring_swap.sweep(self.place.world.credentials, rotation)
        done = findings.said("rolled-back", f"{self.held.title}: the old one is in force again.")
        return (done, *await self._check_stale())

    async def _abort(self) -> Findings:
        rotation = self.rotation
        match rotation.stage if rotation else None:
            case Stage.PREPARED:
                return await self._give_up()
            case Stage.IN_RESPONSYS | Stage.IN_AUDIENCE | Stage.CHANGED:
                self.move(Stage.ROLLING_BACK)
                seen = "Going back: the old one has to be set again. Both stay until a login shows the right one."
                return (Finding("rolling-back", Status.WARN, seen, "", "Set the old one, then --resume."),)
            case Stage.ROLLING_BACK:
                return await self._stay()
            case _:
                seen = "There is nothing to give up at this point."
                return (findings.wrong("nothing-to-abort", seen, "", "To change it again, begin another rotation."),)

    async def _give_up(self) -> Findings:
        """Give up before the change; a login with the old one proves that the new one is not in force."""
        rotation = self._now()
        answer = await find_out(self.place, self.held, (rotation.item, rotation.next), self.progress)
        if answer.found is Found.NEXT:
            back = " To go back, abort once more." if self.held.two_sided else ""
            after_all = f"The new one is in force after all, so this is no giving up.{back}"
            return (findings.wrong("changed-after-all", after_all, "", "Go on with --resume."), *await self._changed())
        if answer.found is Found.OPEN and answer.trouble is not None and answer.trouble.status is Status.UNKNOWN:
            return (answer.trouble,)  # nobody answered; what can be verified in a minute is not given up now
        kept = answer.found is not Found.CURRENT
        rotation = self.move(Stage.ABORTED, kept=kept)
        await keyring_swap.sweep(self.place.world.credentials, rotation)
        if kept:
            trouble = (answer.trouble,) if answer.trouble else ()
            return (*trouble, findings.kept_aside(rotation))
        return (findings.said("rotation-aborted", "The old one works; the new one was removed. Nothing has changed."),)

    async def _stay(self) -> Findings:
        """End going back: the new one stays, if it is still in force."""
        rotation = self._now()
        answer = await find_out(self.place, self.held, (rotation.next, rotation.item), self.progress)
        if answer.found is Found.CURRENT:
            return await self._returned()
        if answer.found is Found.NEXT:
            if not self.held.two_sided:
                self.move(Stage.CHANGED)
            else:
                self.move(Stage.IN_AUDIENCE if rotation.audience else Stage.IN_RESPONSYS)
            return (findings.said("going-on", "The new one is in force and stays. Go on with --resume."),)
        if answer.found is Found.NEITHER:
            return (findings.neither(self.place, self.held),)
        return (answer.trouble,) if answer.trouble else ()

    async def _after_the_end(self) -> Findings:
        """Finish what a kill after the last record left: removing, and checking what rests on the secret."""
        await keyring_swap.sweep(self.place.world.credentials, self._now())
        return await self._check_stale()

    async def _check_stale(self, spared: set[str] | None = None) -> Findings:
        return await check_stale(self.place, self.progress, set() if spared is None else spared)

    def _refusals(self) -> int:
        """Return how many logins with the current one are known to have been refused."""
        return self.place.journal_state().refusals.get(self.held.item, 0)

    def _now(self) -> Rotation:
        rotation = self.rotation
        if rotation is None:
            raise RuntimeError("asked for a rotation where none was begun")
        return rotation
