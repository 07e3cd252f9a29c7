"""The ways in which a scenario makes something go wrong as it really would.

A mistake, an altered screen, a change after a visit or a run is a single moment: doing the same again puts it right.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from cxr_tui.domain.instruction import Site
from cxr_tui.sandbox.services.colleague import EXPLANATION, FINDING, HELP
from cxr_tui.sandbox.shared.screens import PageShows, path_fits

if TYPE_CHECKING:
    from cxr_tui.sandbox.shared import connect_jobs
    from cxr_tui.sandbox.world import Sandbox

J = TypeVar("J")
R = TypeVar("R")
Entries: TypeAlias = dict[str, Any]
Press: TypeAlias = tuple[str, ...]
Alteration: TypeAlias = Callable[[Entries, Press], tuple[Entries, Press]]
Change: TypeAlias = "Callable[[Sandbox], Awaitable[None]]"
_HANDED_OUT = "handed out"


class UnknownScenarioError(ValueError):
    """A code that no scenario has; the text lists those there are."""

    def __init__(self, code: str) -> None:
        super().__init__(f"there is no scenario {code}; known are {', '.join(known_scenarios())}")
        self.code = code


@dataclass(kw_only=True)
class _Moment:
    """One visit to one screen; once it has come it does not come again."""

    site: str
    path: tuple[str, ...]
    """Click path, `*` for a part that varies."""
    needs: tuple[str, ...] = ()
    """Only a visit that enters one of these labels, or presses one of these buttons, counts; none: any."""
    until_explained: str = ""
    """A misunderstanding, which happens again until a finding of this code was explained."""
    spent: bool = False

    def happens(self, site: str, path: Sequence[str], entries: Entries, press: Press) -> bool:
        """Return whether this visit is the moment; from then on it is spent."""
        if self.spent or site != self.site or not path_fits(self.path, tuple(path)):
            return False
        if self.needs and not any(need in entries or need in press for need in self.needs):
            return False
        self.spent = not self.until_explained
        return True


@dataclass(kw_only=True)
class InputMistake(_Moment):
    """An entry left out or altered on one screen, or a button that was forgotten."""

    alter: Alteration


@dataclass(kw_only=True)
class FollowUp(_Moment):
    """Something that follows a visit: the screen reads otherwise, or the products change."""

    follow: Callable[[PageShows], Awaitable[PageShows]]
    turn: str = ""
    """Those of one turn happen one a visit: at the same visit, the first would hide the others."""


@dataclass
class PendingMistakes:
    """Everything that is still to happen at a visit."""

    inputs: list[InputMistake] = field(default_factory=list)
    follow_ups: list[FollowUp] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    """What the person at the keyboard types, by `step.field`; a rehearsal types it for that person."""

    def apply(self, site: str, path: Sequence[str], entries: Entries, press: Press) -> tuple[Entries, Press]:
        """Return what really arrives at the screen."""
        if site == Site.COLLEAGUE and tuple(path) in (HELP, EXPLANATION):
            code = str(entries.get(FINDING, ""))
            for moment in (*self.inputs, *self.follow_ups):
                moment.spent |= moment.until_explained == code != ""
        for mistake in self.inputs:
            if mistake.happens(site, path, entries, press):
                entries, press = mistake.alter(dict(entries), press)
        return entries, press

    async def follow(
        self, site: str, path: Sequence[str], entries: Entries, press: Press, shows: PageShows
    ) -> PageShows:
        """Return what the person reads after a visit that the screen accepted; let happen what follows it."""
        taken: set[str] = set()
        for follow_up in self.follow_ups:
            if follow_up.turn not in taken and follow_up.happens(site, path, entries, press):
                taken |= {follow_up.turn} - {""}
                shows = await follow_up.follow(shows)
        return shows


@dataclass
class ScenarioBuilder:
    """What a scenario works with."""

    sandbox: Sandbox
    mistakes: PendingMistakes
    code: str = ""
    """The scenario's own."""
    changes: list[Change] = field(default_factory=list)
    """Of the products' state, before the first visit."""

    def on_start(self, change: Change) -> None:
        """Change the products' state before the first visit."""
        self.changes.append(change)

    def input_mistake(
        self, site: str, *path: str, alter: Alteration, needs: Sequence[str] = (), until_explained: str = ""
    ) -> None:
        """Let the operator make a mistake on a screen: once, or until a finding of this code was explained."""
        self.mistakes.inputs.append(
            InputMistake(site=site, path=path, alter=alter, needs=tuple(needs), until_explained=until_explained)
        )

    def preset_answer(self, step_field: str, text: str) -> None:
        """Let the person answer a question of the guide with `text`; `step_field` is its key, `step.field`.

        The sandbox publishes it, and a rehearsal types it; no check of the product ever sees where it came from.
        """
        self.mistakes.answers[step_field] = text

    def alter_screen(
        self,
        site: str,
        *path: str,
        alter: Callable[[PageShows], PageShows],
        needs: Sequence[str] = (),
        until_explained: str = "",
    ) -> None:
        """Let a screen, a mail or the colleague show something else, once, or until a finding was explained."""

        async def follow(shows: PageShows) -> PageShows:
            return alter(shows)

        turn = "" if until_explained else _HANDED_OUT
        self._follow(site, path, follow, needs, turn, until_explained)

    def after_visit(
        self,
        site: str,
        *path: str,
        change: Change,
        needs: Sequence[str] = (),
        turn: str = "",
        until_explained: str = "",
    ) -> None:
        """Change the products' state right after a screen was visited, once, or until a finding was explained.

        Changes of one `turn` that follow the same screen happen one a visit.
        """

        async def follow(shows: PageShows) -> PageShows:
            await change(self.sandbox)
            return shows

        self._follow(site, path, follow, needs, turn, until_explained)

    def after_export(self, change: Callable[[connect_jobs.Job, connect_jobs.Run], Awaitable[None]]) -> None:
        """Call `change(job, run)` when a Connect job of Responsys has run, once."""
        _once(self.sandbox.responsys.jobs.ended, change)

    def after_import(self, change: Callable[[connect_jobs.Job, connect_jobs.Run], Awaitable[None]]) -> None:
        """Call `change(job, run)` when a Connect job of CX Audience has run, once."""
        _once(self.sandbox.audience.jobs.ended, change)

    def remedy(self, change: Change, code: str = "") -> None:
        """Let the colleague do this once he is shown the finding of this scenario (or of another code)."""
        remedies = self.sandbox.colleague.remedies.setdefault(code or self.code, [])
        remedies.append(lambda: change(self.sandbox))

    def _follow(
        self,
        site: str,
        path: tuple[str, ...],
        follow: Callable[[PageShows], Awaitable[PageShows]],
        needs: Sequence[str],
        turn: str,
        until_explained: str,
    ) -> None:
        self.mistakes.follow_ups.append(
            FollowUp(
                site=site, path=path, follow=follow, needs=tuple(needs), turn=turn, until_explained=until_explained
            )
        )


def _once(listeners: list[Callable[[J, R], Awaitable[None]]], change: Callable[[J, R], Awaitable[None]]) -> None:
    async def listener(job: J, run: R) -> None:
        listeners.remove(listener)
        await change(job, run)

    listeners.append(listener)


Scenario: TypeAlias = Callable[[ScenarioBuilder], None]

_SCENARIOS: dict[str, Scenario] = {}


def scenario(*codes: str) -> Callable[[Scenario], Scenario]:
    """Register a function that plants the mistake or state of these codes."""

    def register(plant: Scenario) -> Scenario:
        _SCENARIOS.update(dict.fromkeys(codes, plant))
        return plant

    return register


def product_state(
    code: str, remedy_code: str = ""
) -> Callable[[Callable[[Sandbox], AsyncGenerator[None, None]]], None]:
    """Register a state of the products: up to its `yield` before the first visit, the rest as the colleague's remedy.

    The remedy answers the finding of the code, or of `remedy_code`.
    """

    def register(state: Callable[[Sandbox], AsyncGenerator[None, None]]) -> None:
        def plant(builder: ScenarioBuilder) -> None:
            steps = state(builder.sandbox)

            async def advance(_: Sandbox) -> None:
                await anext(steps, None)

            builder.on_start(advance)
            builder.remedy(advance, remedy_code)

        scenario(code)(plant)

    return register


def known_scenarios() -> tuple[str, ...]:
    """Return the codes of all scenarios in alphabetical order."""
    return tuple(sorted(_SCENARIOS))


def check_scenarios(codes: Iterable[str]) -> None:
    """Raise UnknownScenarioError for the first code that no scenario has."""
    for code in codes:
        if code not in _SCENARIOS:
            raise UnknownScenarioError(code)


async def plant(sandbox: Sandbox, codes: Sequence[str], mistakes: PendingMistakes) -> None:
    """Plant the scenarios of these codes; what is to happen at visits is added to `mistakes`. UnknownScenarioError."""
    check_scenarios(codes)
    builders = [ScenarioBuilder(sandbox, mistakes, code) for code in dict.fromkeys(codes)]
    for builder in builders:
        _SCENARIOS[builder.code](builder)
    for builder in builders:
        for change in builder.changes:
            await change(sandbox)
