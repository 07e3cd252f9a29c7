"""One step of a setup in plain mode: what is seen of it, what can be done, and how it is said."""

from __future__ import annotations

from cxr_tui.domain.text import counted
from cxr_tui.guided import actions, browser_links
from cxr_tui.guided.action_context import Main, Situation, has_jobs, has_password
from cxr_tui.guided.requests import can_request
from cxr_tui.guided.step_view import StepPicture, take_picture
from cxr_tui.integration.integration import Integration
from cxr_tui.plain import step_text
from cxr_tui.plain.console import Talk
from cxr_tui.plain.form_session import Filling, beforehand, open_brought
from cxr_tui.plain.step_text import Said
from cxr_tui.plain.vocabulary import Typed
from cxr_tui.reports.review import review
from cxr_tui.rotation.password_age import reminder


class StepTalk:
    """A view of the setup at one step; nothing lives only here but what is typed and not confirmed."""

    def __init__(self, integration: Integration, talk: Talk, why: str = "") -> None:
        """`why` says in a few words why plain mode was chosen."""
        self._integration = integration
        self._talk = talk
        self._why = why
        self._filling = Filling(integration, talk)
        self._step_id = integration.current()
        self._last: dict[str, actions.Ended] = {}
        self._operated: set[str] = set()
        self._asked: set[str] = set()
        """Steps whose questions were asked since the program started."""
        self._brought: set[str] = set()
        """Steps at which what is read off a screen was asked for since."""

    # What is said

    def _greet(self) -> None:
        where = "with the embedded sandbox" if self._integration.sandboxed else "with the real products"
        self._talk.say(f"cxr-tui in plain mode{f', because of {self._why}' if self._why else ''}.")
        self._talk.say(
            f"Integration {self._integration.name}, {where}. {step_text.holding(self._integration.states())}"
        )
        if not self._integration.sandboxed and not self._integration.journal_state().seq:
            self._talk.say("Nothing is set up yet. To rehearse first, without any account: cxr-tui --plain --sandbox")
        self._talk.say("Enter does the sensible next thing; ? lists the words you can type; quit leaves.")

    def _page(self) -> None:
        picture, steps = self._picture(), self._integration.guide.steps
        self._talk.say()
        self._talk.say(step_text.heading(picture.number, len(steps), picture.step))
        self._print(step_text.state_lines(picture))
        self._print(step_text.finding_lines(step_text.findings_of(picture), picture.state.overruled))
        self._print(step_text.about_lines(picture))
        self._print(step_text.value_lines(picture))
        if picture.visits and not picture.state.done:
            screens = counted(len(picture.visits), "screen")
            self._talk.say(f"In the browser: {screens}; type instruction to read what to do there.")
        reminded = reminder(self._integration.journal_state(), self._integration.server_time())
        if reminded:
            self._talk.say(f"Reminder: {reminded}; type rotate.")

    def _outcome(self) -> None:
        picture = self._picture()
        self._talk.say(step_text.heading(picture.number, len(self._integration.guide.steps), picture.step))
        self._print(step_text.state_lines(picture))
        self._print(step_text.finding_lines(step_text.findings_of(picture), picture.state.overruled))
        self._talk.say(step_text.holding(self._integration.states()))

    def _instruction(self) -> None:
        picture = self._picture()
        self._print(step_text.instruction_lines(picture.visits, picture.labels, self._addresses()))
        if picture.secret:
            self._talk.say("To have the password printed on this terminal, type reveal.")

    def _addresses(self) -> tuple[browser_links.Page, ...]:
        drafts = self._filling.drafts.of(self._step_id)
        return () if self._integration.sandboxed else browser_links.pages(self._integration, self._step_id, drafts)

    def _review(self, *, whole: bool) -> None:
        for step in review(self._integration, self._filling.drafts.all(), self._filling.typed_secrets()):
            if whole or step.id == self._step_id:
                self._print(step_text.review_lines(step))

    def _print(self, lines: list[Said]) -> None:
        for line in lines:
            (self._talk.show if line.exact else self._talk.say)(line.text)

    # What is seen

    def _picture(self) -> StepPicture:
        drafts = self._filling.drafts.of(self._step_id)
        return take_picture(self._integration, self._step_id, drafts, self._last.get(self._step_id))

    def _situation(self) -> Situation:
        order = [step.id for step in self._integration.guide.steps]
        picture = self._picture()
        return Situation(
            state=picture.state,
            sandboxed=self._integration.sandboxed,
            changed=self._filling.changed(self._step_id),
            operated=self._step_id in self._operated,
            has_visits=bool(picture.visits),
            has_pages=bool(self._addresses()),
            has_jobs=has_jobs(self._integration),
            has_secret=bool(picture.secret),
            has_password=has_password(self._integration),
            can_request=can_request(picture.step, picture.state, self._integration.journal_state()),
            first=self._step_id == order[0],
            last=self._step_id == order[-1],
        )

    def _sensible(self, now: Situation) -> tuple[Typed, str]:
        """Return what Enter does, and what that is called."""
        match now.main:
            case Main.JUMP:
                blocker = now.state.blocked_by
                number, title = self._integration.guide.number(blocker), self._integration.guide.step(blocker).title
                return Typed("go", blocker), f"Go to step {number}, {title}"
            case Main.OPERATE:
                return Typed("do"), "Do it for me"
            case Main.CONFIRM:
                return Typed("confirm"), "I have done this"
            case Main.PUT_RIGHT:
                return Typed("fix"), now.fix.label if now.fix else ""
            case Main.CONTINUE:
                return Typed("next"), "Continue"
            case Main.FINISH:
                return Typed("quit"), "Finish"
            case Main.AGAIN:
                return Typed("check"), "Check again"
            case _:
                return self._first_answers()

    def _first_answers(self) -> tuple[Typed, str]:
        views = self._filling.views(self._step_id)
        if self._step_id not in self._asked and any(map(beforehand, views)):
            return Typed("answer"), "Answer the questions"
        if self._step_id not in self._brought and any(map(open_brought, views)):
            return Typed("answer"), "Enter what you brought back"
        return Typed("check"), "Save and check"
