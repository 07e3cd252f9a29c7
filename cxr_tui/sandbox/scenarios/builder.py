"""How a scenario makes something go wrong, in the way it would really happen.

A mistake, an altered screen, a change after a visit or a run is a single moment: doing the same again corrects it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from cxr_tui.domain.instruction import Site
from cxr_tui.sandbox.services.colleague import EXPLANATION, FINDING, HELP
from cxr_tui.sandbox.shared.connect_jobs import ConnectJobs, Job, Run
from cxr_tui.sandbox.shared.screens import PageShows, path_fits

if TYPE_CHECKING:
    from cxr_tui.sandbox.world import Sandbox

Entries: TypeAlias = dict[str, Any]
Press: TypeAlias = tuple[str, ...]
Alteration: TypeAlias = Callable[[Entries, Press], tuple[Entries, Press]]
Change: TypeAlias = "Callable[[Sandbox], Awaitable[None]]"


class UnknownScenarioError(ValueError):
    """A code that no scenario has; the text lists those there are."""

    def __init__(self, code: str) -> None:
        super().__init__(f"there is no scenario {code}; known are {', '.join(known_scenarios())}")
        self.code = code


@dataclass(frozen=True)
class Moment:
    """A visit to one screen."""

    site: str
    path: tuple[str, ...]
    """Click path, `*` for a part that varies."""
    needs: tuple[str, ...] = ()
    """Only a visit that enters one of these labels, or presses one of these buttons, counts; empty: any."""
    until_explained: str = ""
    """A misunderstanding, which happens again until a finding of this code was explained; empty: it happens once."""

    def fits(self, site: str, path: Sequence[str], entries: Entries, press: Press) -> bool:
        """Return whether a visit is this moment."""
        if site != self.site or not path_fits(self.path, tuple(path)):
            return False
        return not self.needs or any(need in entries or need in press for need in self.needs)


@dataclass(kw_only=True)
class Planned:
    """Something that happens at a moment: an altered input, or something that follows the visit."""

    moment: Moment
    alter: Alteration | None = None
    """Leaves out or alters an entry, or forgets a button."""
    follow: Callable[[PageShows], Awaitable[PageShows]] | None = None
    """Makes the screen read otherwise, or changes the products."""
    turn: str = ""
    """Those of the same turn follow separate visits: after the same visit, the first would hide the others."""
    spent: bool = False

    def happens(self, site: str, path: Sequence[str], entries: Entries, press: Press) -> bool:
        """Return whether it happens at this visit; what has happened once does not happen again."""
        if self.spent or not self.moment.fits(site, path, entries, press):
            return False
        self.spent = not self.moment.until_explained
        return True


@dataclass
class PendingMistakes:
    """What is planned at visits and has not happened yet."""

    planned: list[Planned] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    """What the person at the keyboard types, by `step.field`; a rehearsal types it instead."""

    def apply(self, site: str, path: Sequence[str], entries: Entries, press: Press) -> tuple[Entries, Press]:
        """Return what really arrives at the screen."""
        if site == Site.COLLEAGUE and tuple(path) in (HELP, EXPLANATION):
            code = str(entries.get(FINDING, ""))
            for one in self.planned:
                one.spent |= one.moment.until_explained == code != ""
        for one in self.planned:
            if one.alter is not None and one.happens(site, path, entries, press):
                entries, press = one.alter(dict(entries), press)
        return entries, press

    async def follow(
        self, site: str, path: Sequence[str], entries: Entries, press: Press, shows: PageShows
    ) -> PageShows:
        """Return what the person reads after a visit that the screen accepted, with everything that follows it."""
        taken: set[str] = set()
        for one in self.planned:
            if one.follow is not None and one.turn not in taken and one.happens(site, path, entries, press):
                taken |= {one.turn} - {""}
                shows = await one.follow(shows)
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

    def input_mistake(self, moment: Moment, alter: Alteration) -> None:
        """Let the operator make a mistake on a screen."""
        self.mistakes.planned.append(Planned(moment=moment, alter=alter))

    def preset_answer(self, step_field: str, text: str) -> None:
        """Let the person answer a question of the guide with `text`; `step_field` is its key, `step.field`.

        The sandbox publishes it, and a rehearsal types it; no check of the product ever sees where it came from.
        """
        self.mistakes.answers[step_field] = text

    def alter_screen(self, moment: Moment, alter: Callable[[PageShows], PageShows]) -> None:
        """Let a screen, a mail or the colleague show something else."""

        async def follow(shows: PageShows) -> PageShows:
            return alter(shows)

        turn = "" if moment.until_explained else "handed out"
        self.mistakes.planned.append(Planned(moment=moment, follow=follow, turn=turn))

    def after_visit(self, moment: Moment, change: Change, turn: str = "") -> None:
        """Change the products' state right after a screen was visited, each change of a `turn` after another visit."""

        async def follow(shows: PageShows) -> PageShows:
            await change(self.sandbox)
            return shows

        self.mistakes.planned.append(Planned(moment=moment, follow=follow, turn=turn))

    def after_run(self, jobs: ConnectJobs, change: Callable[[Job, Run], Awaitable[None]]) -> None:
        """Call `change(job, run)` when one of a product's Connect jobs has run, once."""

        async def listener(job: Job, run: Run) -> None:
            jobs.ended.remove(listener)
            await change(job, run)

        jobs.ended.append(listener)

    def remedy(self, change: Change, code: str = "") -> None:
        """Let the colleague do this on request, for the finding of this scenario (or of another code)."""
        remedies = self.sandbox.colleague.remedies.setdefault(code or self.code, [])
        remedies.append(lambda: change(self.sandbox))


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

            builder.changes.append(advance)
            builder.remedy(advance, remedy_code)

        scenario(code)(plant)

    return register


def change_after(code: str, moment: Moment, turn: str = "") -> Callable[[Change], Change]:
    """Register a change of the products right after a visit."""

    def register(change: Change) -> Change:
        scenario(code)(lambda builder: builder.after_visit(moment, change, turn))
        return change

    return register


def mistake(code: str, site: str, path: tuple[str, ...], label: str, alter: Alteration) -> None:
    """Register the scenario of one mistake, at the first visit that enters `label`, or presses it."""
    moment = Moment(site, path, (label,))
    scenario(code)(lambda builder: builder.input_mistake(moment, alter))


def changing(label: str, change: Callable[[Any], object]) -> Alteration:
    """Return the mistake of entering another value, which follows from the right one."""
    return lambda entries, press: (entries | {label: change(entries[label])}, press)


def entering(label: str, value: object) -> Alteration:
    """Return the mistake of entering another value under a label."""
    return lambda entries, press: (entries | {label: value}, press)


def leaving_out(label: str) -> Alteration:
    """Return the mistake of not touching a field at all."""
    return lambda entries, press: ({name: value for name, value in entries.items() if name != label}, press)


def not_pressing(button: str) -> Alteration:
    """Return the mistake of leaving a screen without pressing a button."""
    return lambda entries, press: (entries, tuple(other for other in press if other != button))


def without_line(label: str, line: str) -> Alteration:
    """Return the mistake of missing one tick of a check list."""
    return changing(label, lambda lines: [other for other in lines if other != line])


def with_line(label: str, line: str) -> Alteration:
    """Return the mistake of one tick too many in a check list."""
    return changing(label, lambda lines: [*lines, line])


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
