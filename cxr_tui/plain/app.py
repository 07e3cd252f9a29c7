"""The wizard as a conversation: a view of the journal, one step at a time, steered by words."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from cxr_tui.domain.errors import OutsideError, machine_fault
from cxr_tui.domain.finding import Finding
from cxr_tui.domain.ports import Progress
from cxr_tui.domain.text import counted
from cxr_tui.guided import actions, browser_links
from cxr_tui.guided.action_context import ActionContext, PrimaryAction, context_at
from cxr_tui.guided.actions import LONGEST_SENTENCE
from cxr_tui.guided.overview import build_overview
from cxr_tui.guided.requests import note_request, number_problem
from cxr_tui.guided.step_view import StepView, build_step_view
from cxr_tui.integration.integration import Integration, StepLockedError
from cxr_tui.integration.paths import crash_home
from cxr_tui.jobs.service import JobsService
from cxr_tui.journal.gate import State
from cxr_tui.journal.store import JournalError
from cxr_tui.plain import step_text
from cxr_tui.plain.console import Console, ExitRequestedError, PromptCancelledError
from cxr_tui.plain.form_session import Chosen, FormSession, askable, beforehand, open_brought
from cxr_tui.plain.jobs import JobsMenu
from cxr_tui.plain.menu import agreed, print_secret
from cxr_tui.plain.prompts import HINT, STOP
from cxr_tui.plain.rotation import RotationMenu
from cxr_tui.plain.run_cancellable import carry_out
from cxr_tui.plain.step_text import OutputLine
from cxr_tui.plain.vocabulary import BY_WORD, LOCKED, ParsedCommand, help_lines, misunderstood, understand
from cxr_tui.presentation.values import OVERRULING, STATE_WORDS, shown, state_sentence
from cxr_tui.reports.review import review
from cxr_tui.rotation.password_age import reminder
from cxr_tui.security.crash_report import leave_report

LOOK_AGAIN = 60.0
"""Seconds between two looks at steps that wait for somebody."""

Work = Callable[[str, actions.FormData, Progress], Awaitable[actions.ActionResult]]


class PlainApp:
    """Talks a person through the guide, steered by words; only what is typed and not saved lives here alone."""

    def __init__(self, integration: Integration, console: Console, why: str = "") -> None:
        """`why` says in a few words why plain mode was chosen."""
        self._integration = integration
        self._console = console
        self._why = why
        self._session = FormSession(integration, console)
        self._step_id = integration.current()
        self._last: dict[str, actions.ActionResult] = {}
        self._operated: set[str] = set()
        self._asked: set[str] = set()
        """Steps whose questions were asked since the program started."""
        self._brought: set[str] = set()
        """Steps at which what is read off a screen was asked for since."""

    async def run(self) -> None:
        """Talk until the person leaves."""
        try:
            self._greet()
            await self._recheck_waiting()
            self._go(self._integration.current())
            while True:
                await self._turn()
        except ExitRequestedError:
            lost = self._session.unsaved
            if lost:
                self._console.say(f"{counted(lost, 'value')} typed, not saved; not kept.")
            self._console.say("Left. The journal keeps everything that was saved.")

    # One turn

    async def _turn(self) -> None:
        now = self._context()
        default, label = self._sensible(now)
        try:
            text = await self._console.ask(f"Step {self._integration.guide.number(self._step_id)}, next [{label}]: ")
        except PromptCancelledError:
            self._console.say("Ctrl+C cancels what is running; nothing is. To leave, type quit or press Ctrl+D.")
            return
        typed = understand(text) if text else default
        if typed is None:
            self._console.say(misunderstood(text))
            return
        try:
            while typed is not None:
                typed = await self._act(typed)
        except ExitRequestedError:
            raise
        except (OutsideError, JournalError, StepLockedError) as error:
            self._console.say(str(error))
        except Exception as error:  # noqa: BLE001 - one act has failed; the conversation goes on, and a report is left
            if words := machine_fault(error):
                self._console.say(words)
                return
            path = leave_report(crash_home(), error, self._step_id)
            told = f"report: {path}" if path else "a report could not be written"
            self._console.say(f"An error of its own ({type(error).__name__}); {told}. What was saved is kept.")

    async def _act(self, typed: ParsedCommand) -> ParsedCommand | None:
        """Carry out a command; return the one that was typed while it went on, if one was."""
        command = BY_WORD[typed.word]
        if not command.when(self._context()):
            blocker, guide = self._context().state.blocked_by, self._integration.guide
            first = f": step {guide.number(blocker)}, {guide.step(blocker).title}, comes first." if blocker else ""
            self._console.say(f"{LOCKED}{first}" if command.refusal is LOCKED else command.refusal)
            return None
        match typed.word:
            case "?":
                for line in (*help_lines(self._context()), HINT):
                    self._console.say(line)
            case "show":
                self._page()
            case "answer":
                return await self._answer(typed.argument)
            case "review":
                self._review(whole=typed.argument.casefold() == "all")
            case "instruction":
                self._instruction()
            case "open":
                for page in self._addresses():
                    self._console.say(browser_links.open_page(page))
            case "reveal":
                await print_secret(self._console, self._integration.world.credentials, self._step_view().secret)
            case "check":
                return await self._work(
                    lambda at, entry, tell: actions.save_and_check(self._integration, at, entry, tell)
                )
            case "do":
                self._operated.add(self._step_id)
                return await self._work(
                    lambda at, entry, tell: actions.run_operator(self._integration, at, entry, tell)
                )
            case "confirm":
                return await self._work(lambda at, entry, tell: actions.confirm(self._integration, at, entry, tell))
            case "withdraw":
                if await agreed(self._console, "Withdraw the confirmation? The step is open again then."):
                    return await self._work(lambda at, _entry, _tell: actions.withdraw(self._integration, at))
            case "fix":
                return await self._put_right()
            case "request":
                wrong = number_problem(self._integration, self._step_id, typed.argument) if typed.argument else None
                if wrong:
                    self._console.say(f"Not taken: {wrong}")
                else:
                    day = note_request(self._integration, self._step_id, typed.argument)
                    self._console.say(f"Noted: requested on {day}. The list of steps has it.")
            case "undo":
                await self._undo()
            case "error":
                # loaded when it is wanted, with all messages
                from cxr_tui.plain.explain import explain_error

                await explain_error(self._integration, self._console, self._step_id, typed.argument)
            case "quit":
                await self._quit()
            case _:
                await self._move(typed)
        return None

    async def _move(self, typed: ParsedCommand) -> None:
        """Look elsewhere: at another step, at all of them, at the jobs, at the password."""
        order = [step.id for step in self._integration.guide.steps]
        match typed.word:
            case "next":
                self._go(order[order.index(self._step_id) + 1])
            case "back":
                self._go(order[order.index(self._step_id) - 1])
            case "go":
                self._go_to(typed.argument)
            case "steps":
                self._print(step_text.steps_lines(self._integration.guide, self._integration.states(), self._step_id))
                self._print(step_text.wait_lines(build_overview(self._integration).waits))
            case "wait":
                await self._wait()
            case "erase":
                await self._erase(typed.argument.casefold())
            case "dry" | "texts" | "handover":
                await self._papers(typed)
            case "jobs":
                await JobsMenu(JobsService(self._integration), self._console).run()
            case "rotate":
                await RotationMenu(self._integration, self._console).run()
                self._page()
            case _:
                self._console.say(
                    "Every value of an instruction stands on a line of its own; copy it in your terminal."
                )

    async def _erase(self, wanted: str) -> None:
        from cxr_tui.plain.erase import erase  # loaded when it is wanted: the conversation starts without it

        if await erase(self._integration, self._console, wanted):
            self._session = FormSession(self._integration, self._console)
            self._last.clear()
            self._go(self._integration.current())

    async def _papers(self, typed: ParsedCommand) -> None:
        # Loaded when they are wanted: the conversation starts without them.
        from cxr_tui.plain import reports

        step_id = self._step_id
        match typed.word:
            case "dry":
                operated = self._context().main is PrimaryAction.OPERATE
                entry = self._session.entry(step_id)
                self._print(reports.dry_run(self._integration, step_id, entry, operated=operated))
            case "texts":
                self._print(
                    list(reports.text_lines(self._integration, step_id, everything=typed.argument.casefold() == "all"))
                )
            case _:
                self._print(await carry_out(self._console, lambda _: reports.handover(self._integration)) or [])

    def _go(self, step_id: str) -> None:
        self._step_id = step_id
        self._page()

    def _go_to(self, wanted: str) -> None:
        """Go to the step that a number, an id or a part of a title names; without any, to the first open one."""
        steps, low = self._integration.guide.steps, wanted.casefold()
        if not wanted:
            self._go(self._integration.current())
            return
        found = [one for at, one in enumerate(steps, 1) if low in (str(at), one.id)]
        found = found or [one for one in steps if low in one.title.casefold() or low in one.id]
        if len(found) == 1:
            self._go(found[0].id)
        elif found:
            self._console.say("Several steps fit; type go with one of these numbers:")
            for one in found:
                self._console.say(f"{self._integration.guide.number(one.id)}. {one.title}")
        else:
            self._console.say(
                f"No step is called {wanted}; go takes a number from 1 to {len(steps)}, an id or a title."
            )

    # Questions

    async def _answer(self, wanted: str) -> ParsedCommand | None:
        views = [view for view in self._session.views(self._step_id) if askable(view)]
        carried = [view for view in self._session.views(self._step_id) if not askable(view)]
        if not views and not wanted:
            self._console.say("This step asks nothing.")
            return None
        if wanted:
            names = _named(wanted, [(view.field.name, view.field.label) for view in views])
            known = _named(wanted, [(view.field.name, view.field.label) for view in carried if not wanted.isdigit()])
            if known and not names:
                for view in carried:
                    self._print(step_text.carried_lines(view) if view.field.name in known else [])
                return None
            if not names:
                self._console.say(f"There is no question {wanted} here; there are {len(views)}.")
                return None
            return await self._ask(lambda view: view.field.name in names)
        if self._step_id not in self._asked and any(map(beforehand, views)):
            return await self._ask(beforehand, self._asked)
        return await self._ask(open_brought if any(map(open_brought, views)) else askable, self._brought)

    async def _ask(self, chosen: Chosen, asked: set[str] | None = None) -> ParsedCommand | None:
        """Ask some of the questions; once all of them were asked, the step is among `asked`."""
        step_id = self._step_id
        names = [view.field.name for view in self._session.views(step_id) if chosen(view)]
        ended = self._last.get(step_id)
        # An answer must not make its own question go away, but it can bring up another one.
        typed = await self._session.ask(
            step_id, lambda view: view.field.name in names or chosen(view), ended.problems if ended else {}
        )
        if typed is not None:
            return None if typed.word == STOP else typed
        if asked is not None:
            asked.add(step_id)
        self._console.say("That was the last question. Nothing is written before check.")
        if asked is self._asked and self._step_view().visits:
            self._instruction()
        return None

    async def _undo(self) -> None:
        """Take back what is typed at this step, else put back what stood there before the last confirmation."""
        label = self._session.drop_last(self._step_id)
        if label:
            self._console.say(f"Taken back: what was typed for {label}.")
            return
        last = self._integration.last_saved()
        if last is None:
            self._console.say("Nothing is saved yet, so there is nothing to undo.")
            return
        number, step = self._integration.guide.number(last.step_id), self._integration.guide.step(last.step_id)
        again = [step_text.labelled(step.field(name).label, shown(value)) for name, value in last.before.items()]
        self._console.say(f"What was saved last is at step {number}, {step.title}. Taken back, it is again:")
        for line in again:
            self._console.say(line)
        if not await agreed(self._console, "Take it back?"):
            return
        if not await self._integration.undo(last):
            self._console.say("Other answers were saved meanwhile; nothing was taken back.")
            return
        self._session.forget(last.step_id)
        self._step_id = last.step_id
        self._console.say(f"Undone: {'; '.join(again)}. What was done on a screen stays done.")
        self._outcome()

    # Work

    async def _work(self, make: Work) -> ParsedCommand | None:
        begun_at = self._step_id
        entry = self._session.entry(begun_at)
        self._last.pop(begun_at, None)
        ended = await carry_out(self._console, lambda tell: actions.result_of(make(begun_at, entry, tell)))
        if ended is None:
            self._session.forget_saved(begun_at)
            return None
        if ended.written:
            self._session.forget(begun_at)
        if not ended.smooth:
            self._last[ended.step_id] = ended
        # What a check saw can concern an earlier step, which then comes first.
        elsewhere = self._integration.states()[begun_at].blocked_by or ended.step_id
        if elsewhere != begun_at:
            number = self._integration.guide.number
            self._console.say(f"Step {number(begun_at)} was checked; now step {number(elsewhere)} needs you.")
            self._go(elsewhere)
            return None
        self._outcome()
        if ended.problems:
            names = frozenset(ended.problems)
            self._console.say(f"Not written: {counted(len(names), 'answer')} to be put right first.")
            return await self._ask(lambda view: view.field.name in names)
        return await self._ask_why(ended.overrulable) if ended.overrulable else None

    async def _ask_why(self, read: tuple[Finding, ...]) -> ParsedCommand | None:
        """Show the findings against the step, and confirm it with the sentence that the person gives."""
        self._console.say("Confirming speaks against what the check found:")
        self._print(step_text.against_lines(read))
        self._console.say(OVERRULING)
        sentence = await self._sentence()
        if not sentence:
            self._console.say("Not confirmed.")
            return None
        return await self._work(lambda at, _entry, _tell: actions.overrule(self._integration, at, read, sentence))

    async def _sentence(self) -> str:
        """Ask for one sentence; return nothing where the person gives none."""
        while True:
            try:
                sentence = await self._console.ask("Why is it in order? One sentence, or Enter to leave it open: ")
            except PromptCancelledError:
                return ""
            if len(sentence) <= LONGEST_SENTENCE:
                return sentence
            self._console.say(f"Not taken: {len(sentence)} characters; at most {LONGEST_SENTENCE}.")

    async def _put_right(self) -> ParsedCommand | None:
        fix = self._context().fix
        if fix is None:
            return None
        self._session.drafts.forget_keys(fix.answers)
        return await self._work(lambda step_id, _, tell: actions.apply_fix(self._integration, step_id, fix, tell))

    async def _recheck_waiting(self) -> None:
        if any(state.state is State.WAITING for state in self._integration.states().values()):
            self._console.say("Looking again at what waits.")
            await carry_out(self._console, lambda _: actions.recheck_waiting(self._integration))

    async def _wait(self) -> None:
        before = self._integration.states()
        if not any(state.state is State.WAITING for state in before.values()):
            self._console.say("No step waits for somebody.")
            return
        self._console.say("Looking again once a minute; Ctrl+C ends this.")

        async def watch(_: Progress) -> None:
            while {name: one.state for name, one in self._integration.states().items()} == {
                name: one.state for name, one in before.items()
            }:
                await actions.recheck_waiting(self._integration)
                await asyncio.sleep(LOOK_AGAIN)

        await carry_out(self._console, watch)
        for step_id, state in self._integration.states().items():
            if state.state is not before[step_id].state:
                guide = self._integration.guide
                now = f"{guide.step(step_id).title} is {STATE_WORDS[state.state]} now"
                self._console.say(f"Changed: {now}. {state_sentence(guide, state)}")

    async def _quit(self) -> None:
        count = self._session.unsaved
        if count:
            if not await agreed(self._console, f"{counted(count, 'value')} typed, not saved, would be lost. Leave?"):
                return
            self._session = FormSession(self._integration, self._console)
        raise ExitRequestedError

    # What is said

    def _greet(self) -> None:
        where = "with the embedded sandbox" if self._integration.sandboxed else "with the real products"
        self._console.say(f"cxr-tui in plain mode{f', because of {self._why}' if self._why else ''}.")
        self._console.say(
            f"Integration {self._integration.name}, {where}. {step_text.holding(self._integration.states())}"
        )
        if not self._integration.sandboxed and not self._integration.journal_state().seq:
            self._console.say(
                "Nothing is set up yet. To rehearse first, without any account: cxr-tui --plain --sandbox"
            )
        self._console.say("Enter does the sensible next thing; ? lists the words you can type; quit leaves.")

    def _page(self) -> None:
        step_view, steps = self._step_view(), self._integration.guide.steps
        self._console.say()
        self._console.say(step_text.heading(step_view.number, len(steps), step_view.step))
        self._print(step_text.state_lines(step_view))
        self._print(step_text.finding_lines(step_text.findings_of(step_view), step_view.state.overruled))
        self._print(step_text.about_lines(step_view))
        self._print(step_text.value_lines(step_view))
        if step_view.visits and not step_view.state.done:
            screens = counted(len(step_view.visits), "screen")
            self._console.say(f"In the browser: {screens}; type instruction to read what to do there.")
        reminded = reminder(self._integration.journal_state(), self._integration.server_time())
        if reminded:
            self._console.say(f"Reminder: {reminded}; type rotate.")

    def _outcome(self) -> None:
        step_view = self._step_view()
        self._console.say(step_text.heading(step_view.number, len(self._integration.guide.steps), step_view.step))
        self._print(step_text.state_lines(step_view))
        self._print(step_text.finding_lines(step_text.findings_of(step_view), step_view.state.overruled))
        self._console.say(step_text.holding(self._integration.states()))

    def _instruction(self) -> None:
        step_view = self._step_view()
        self._print(step_text.instruction_lines(step_view.visits, step_view.labels, self._addresses()))
        if step_view.secret:
            self._console.say("To have the password printed on this terminal, type reveal.")

    def _addresses(self) -> tuple[browser_links.Page, ...]:
        drafts = self._session.drafts.of(self._step_id)
        return () if self._integration.sandboxed else browser_links.pages(self._integration, self._step_id, drafts)

    def _review(self, *, whole: bool) -> None:
        for step in review(self._integration, self._session.drafts.all(), self._session.typed_secrets()):
            if whole or step.id == self._step_id:
                self._print(step_text.review_lines(step))

    def _print(self, lines: list[OutputLine]) -> None:
        for line in lines:
            (self._console.show if line.exact else self._console.say)(line.text)

    # What is seen

    def _step_view(self) -> StepView:
        drafts = self._session.drafts.of(self._step_id)
        return build_step_view(self._integration, self._step_id, drafts, self._last.get(self._step_id))

    def _context(self) -> ActionContext:
        changed, operated = self._session.changed(self._step_id), self._step_id in self._operated
        return context_at(self._integration, self._step_view(), changed=changed, operated=operated)

    def _sensible(self, now: ActionContext) -> tuple[ParsedCommand, str]:
        """Return what Enter does, and what that is called."""
        match now.main:
            case PrimaryAction.JUMP:
                blocker = now.state.blocked_by
                number, title = self._integration.guide.number(blocker), self._integration.guide.step(blocker).title
                return ParsedCommand("go", blocker), f"Go to step {number}, {title}"
            case PrimaryAction.OPERATE:
                return ParsedCommand("do"), "Do it for me"
            case PrimaryAction.CONFIRM:
                return ParsedCommand("confirm"), "I have done this"
            case PrimaryAction.PUT_RIGHT:
                return ParsedCommand("fix"), now.fix.label if now.fix else ""
            case PrimaryAction.CONTINUE:
                return ParsedCommand("next"), "Continue"
            case PrimaryAction.FINISH:
                return ParsedCommand("quit"), "Finish"
            case PrimaryAction.AGAIN:
                return ParsedCommand("check"), "Check again"
            case _:
                return self._first_answers()

    def _first_answers(self) -> tuple[ParsedCommand, str]:
        views = self._session.views(self._step_id)
        if self._step_id not in self._asked and any(map(beforehand, views)):
            return ParsedCommand("answer"), "Answer the questions"
        if self._step_id not in self._brought and any(map(open_brought, views)):
            return ParsedCommand("answer"), "Enter what you brought back"
        return ParsedCommand("check"), "Save and check"


def _named(wanted: str, fields: list[tuple[str, str]]) -> frozenset[str]:
    """Return the names of the fields that a number, a name or a part of a label stands for."""
    low = wanted.casefold()
    if low == "all":
        return frozenset(name for name, _ in fields)
    if low.isdigit():
        return frozenset(name for at, (name, _) in enumerate(fields, 1) if str(at) == low)
    exact = [name for name, label in fields if low in (name, label.casefold())]
    return frozenset(exact or [name for name, label in fields if low in label.casefold()])
