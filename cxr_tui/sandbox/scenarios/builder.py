"""How a scenario makes something go wrong, in the way it would really happen.

A mistake, an altered screen, a change after a visit or a run is a single moment: doing the same again corrects it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from cxr_tui.domain.instruction import Site
from cxr_tui.sandbox.control_call import VisitCall
from cxr_tui.sandbox.services.colleague import EXPLANATION, FINDING, HELP
from cxr_tui.sandbox.shared.screens import PageShows, path_fits

if TYPE_CHECKING:
    from cxr_tui.sandbox.world import Sandbox

Alteration: TypeAlias = Callable[[VisitCall], object]
"""Changes what a visit enters or presses."""
Change: TypeAlias = "Callable[[Sandbox], Awaitable[None]]"


class UnknownScenarioError(ValueError):
    """A code that no scenario has; the text lists those there are."""


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

    def fits(self, visit: VisitCall) -> bool:
        """Return whether a visit is this moment."""
        if visit.site != self.site or not path_fits(self.path, visit.path):
            return False
        return not self.needs or any(need in visit.entries or need in visit.press for need in self.needs)


@dataclass(kw_only=True)
class Planned:
    """Something that happens at a moment: an altered input, or something that follows the visit."""

    moment: Moment
    alter: Alteration | None = None
    """Leaves out or alters an entry, or forgets a button."""
    change: Callable[[], Awaitable[None]] | None = None
    """Changes the products right after the visit."""
    read: Callable[[PageShows], PageShows] | None = None
    """Makes the screen read otherwise."""
    turn: str = ""
    """Those of the same turn follow separate visits: after the same visit, the first would hide the others."""
    spent: bool = False

    def happens(self, visit: VisitCall) -> bool:
        """Return whether it happens at this visit; what has happened once does not happen again."""
        if self.spent or not self.moment.fits(visit):
            return False
        self.spent = not self.moment.until_explained
        return True


@dataclass
class PendingMistakes:
    """What is planned at visits and has not happened yet."""

    planned: list[Planned] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    """What the person at the keyboard types, by `step.field`; the sandbox publishes it, and a rehearsal types it.

    No check of the product ever sees where it came from.
    """

    def apply(self, visit: VisitCall) -> None:
        """Make of a visit what really arrives at the screen."""
        if visit.site == Site.COLLEAGUE and visit.path in (HELP, EXPLANATION):
            code = str(visit.entries.get(FINDING, ""))
            for one in self.planned:
                one.spent |= one.moment.until_explained == code != ""
        for one in self.planned:
            if one.alter is not None and one.happens(visit):
                one.alter(visit)

    async def follow(self, visit: VisitCall, shows: PageShows) -> PageShows:
        """Return what the person reads after a visit that the screen accepted, with everything that follows it."""
        taken: set[str] = set()
        for one in self.planned:
            if one.alter is None and one.turn not in taken and one.happens(visit):
                taken |= {one.turn} - {""}
                if one.change is not None:
                    await one.change()
                if one.read is not None:
                    shows = one.read(shows)
        return shows


@dataclass
class ScenarioBuilder:
    """What a scenario works with."""

    sandbox: Sandbox
    mistakes: PendingMistakes
    code: str = ""
    """The scenario's own."""

    def input_mistake(self, moment: Moment, alter: Alteration) -> None:
        """Let the operator make a mistake on a screen."""
        self.mistakes.planned.append(Planned(moment=moment, alter=alter))

    def alter_screen(self, moment: Moment, alter: Callable[[PageShows], PageShows]) -> None:
        """Let a screen, a mail or the colleague show something else."""
        turn = "" if moment.until_explained else "handed out"
        self.mistakes.planned.append(Planned(moment=moment, read=alter, turn=turn))

    def misread(self, moment: Moment, label: str, read: Callable[[PageShows], str]) -> None:
        """Let one value of a screen be misread."""
        self.alter_screen(moment, lambda shows: replace(shows, values={**shows.values, label: read(shows)}))

    def after_visit(self, moment: Moment, change: Change, turn: str = "") -> None:
        """Change the products' state right after a screen was visited, each change of a `turn` after another visit."""
        self.mistakes.planned.append(Planned(moment=moment, change=lambda: change(self.sandbox), turn=turn))

    def remedy(self, change: Change, code: str = "") -> None:
        """Let the colleague do this on request, for the finding of this scenario (or of another code)."""
        remedies = self.sandbox.colleague.remedies.setdefault(code or self.code, [])
        remedies.append(lambda: change(self.sandbox))


Scenario: TypeAlias = Callable[[ScenarioBuilder], Awaitable[None]]
"""Plants something, or changes the products' state before the first visit."""

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
        @scenario(code)
        async def plant(builder: ScenarioBuilder) -> None:
            steps = state(builder.sandbox)
            await anext(steps)
            builder.remedy(lambda _: anext(steps, None), remedy_code)

    return register


def change_after(code: str, moment: Moment, turn: str = "") -> Callable[[Change], Change]:
    """Register a change of the products right after a visit."""

    def register(change: Change) -> Change:
        @scenario(code)
        async def plant(builder: ScenarioBuilder) -> None:
            builder.after_visit(moment, change, turn)

        return change

    return register


def mistake(code: str, site: str, path: tuple[str, ...], label: str, alter: Alteration) -> None:
    """Register the scenario of one mistake, at the first visit that enters `label`, or presses it."""

    @scenario(code)
    async def plant(builder: ScenarioBuilder) -> None:
        builder.input_mistake(Moment(site, path, (label,)), alter)


def changing(label: str, change: Callable[[Any], object]) -> Alteration:
    """Return the mistake of entering another value, which follows from the right one."""
    return lambda visit: visit.entries.update({label: change(visit.entries[label])})


def entering(label: str, value: object) -> Alteration:
    """Return the mistake of entering another value under a label."""
    return lambda visit: visit.entries.update({label: value})


def leaving_out(label: str) -> Alteration:
    """Return the mistake of not touching a field at all."""
    return lambda visit: visit.entries.pop(label, None)


def not_pressing(button: str) -> Alteration:
    """Return the mistake of leaving a screen without pressing a button."""

    def forget(visit: VisitCall) -> None:
        visit.press = tuple(other for other in visit.press if other != button)

    return forget


def without_line(label: str, line: str) -> Alteration:
    """Return the mistake of missing one tick of a check list."""
    return changing(label, lambda lines: [other for other in lines if other != line])


def with_line(label: str, line: str) -> Alteration:
    """Return the mistake of one tick too many in a check list."""
    return changing(label, lambda lines: [*lines, line])


def known_scenarios() -> tuple[str, ...]:
    """Return the codes of all scenarios in alphabetical order."""
    return tuple(sorted(_SCENARIOS))


async def plant(sandbox: Sandbox, codes: Sequence[str], mistakes: PendingMistakes) -> None:
    """Plant the scenarios of these codes; what is to happen at visits is added to `mistakes`. UnknownScenarioError."""
    for code in dict.fromkeys(codes):
        if code not in _SCENARIOS:
            raise UnknownScenarioError(f"there is no scenario {code}; known are {', '.join(known_scenarios())}")
        await _SCENARIOS[code](ScenarioBuilder(sandbox, mistakes, code))
