"""How a fault is planted: the ways a scenario has to make something go wrong as it really would.

- `Planting.world`: the state of the products before anybody comes;
- `Planting.slip`: the hand that leaves out or alters an entry on one screen, or forgets a button;
- `Planting.types`: what the person at the keyboard answers to one question of the guide;
- `Planting.shows`: what is read off one screen, or handed out there, comes to the person in another form;
- `Planting.after`: something happens right after a screen was visited;
- `Planting.later`: something happens when some time has passed;
- `Planting.after_export`, `Planting.after_import`: something happens when a Connect job has run;
- `Planting.remedy`: what the colleague does when the finding is shown to him, for faults that no screen of the
  procedure puts right.

Slips, showings, visits and runs are single moments: doing the same thing again puts the fault right.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from cxr_tui.domain.instruction import Site
from cxr_tui.sandbox.services.colleague import EXPLANATION, FINDING, HELP
from cxr_tui.sandbox.shared.screens import PageShows, path_fits

if TYPE_CHECKING:
    from cxr_tui.sandbox.audience import import_jobs, import_run
    from cxr_tui.sandbox.shared import connect_jobs
    from cxr_tui.sandbox.world import Sandbox

J = TypeVar("J")
R = TypeVar("R")
Entries: TypeAlias = dict[str, Any]
Press: TypeAlias = tuple[str, ...]
Alteration: TypeAlias = Callable[[Entries, Press], tuple[Entries, Press]]
Showing: TypeAlias = Callable[[PageShows], PageShows]
_HANDED_OUT = "handed out"
Change: TypeAlias = "Callable[[Sandbox], Awaitable[None]]"


class UnknownScenarioError(ValueError):
    """A code that no scenario has; the text lists those there are."""

    def __init__(self, code: str) -> None:
        super().__init__(f"there is no scenario {code}; known are {', '.join(known_scenarios())}")
        self.code = code


@dataclass
class _Moment:
    """One visit to one screen; once it has come it does not come again."""

    site: str
    path: tuple[str, ...]
    """Click path, `*` for a part that varies."""

    def _fits(self, site: str, path: Sequence[str], entries: Entries, press: Press, needs: Sequence[str]) -> bool:
        if site != self.site or not path_fits(self.path, tuple(path)):
            return False
        return not needs or any(need in entries or need in press for need in needs)


@dataclass
class Slip(_Moment):
    """One slip of the operator's hand on one screen; it happens once, so that doing it again puts it right."""

    alter: Alteration
    needs: tuple[str, ...] = ()
    """Only a visit that enters one of these labels, or presses one of these buttons, is worth the slip; none: any."""
    spent: bool = False
    until_told: str = ""
    """A misunderstanding rather than a slip: it happens again until a finding of this code was talked over."""

    def meets(self, site: str, path: Sequence[str], entries: Entries, press: Press) -> bool:
        """Say whether this visit is the one at which it happens."""
        return not self.spent and self._fits(site, path, entries, press, self.needs)


@dataclass
class Sequel(_Moment):
    """What follows one visit: the screen's showing altered, or a change of the products, once."""

    follow: Callable[[PageShows], Awaitable[PageShows]]
    needs: tuple[str, ...] = ()
    turn: str = ""
    """Those of one turn wait for one another, a visit each: done at once, one would hide the other."""
    spent: bool = False
    until_told: str = ""
    """As with a slip."""

    def meets(self, site: str, path: Sequence[str], entries: Entries, press: Press) -> bool:
        """Say whether this visit is the one that it follows."""
        return not self.spent and self._fits(site, path, entries, press, self.needs)


@dataclass
class Slips:
    """Everything that is still to happen at a visit."""

    waiting: list[Slip] = field(default_factory=list)
    sequels: list[Sequel] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    """What the person at the keyboard types, by `step.field`; a rehearsal types it for that person."""

    def apply(self, site: str, path: Sequence[str], entries: Entries, press: Press) -> tuple[Entries, Press]:
        """Return what really arrives at the screen."""
        if site == Site.COLLEAGUE and tuple(path) in (HELP, EXPLANATION):
            self._told(str(entries.get(FINDING, "")))
        for slip in self.waiting:
            if slip.meets(site, path, entries, press):
                slip.spent = not slip.until_told
                entries, press = slip.alter(dict(entries), press)
        return entries, press

    async def follow(
        self, site: str, path: Sequence[str], entries: Entries, press: Press, shows: PageShows
    ) -> PageShows:
        """Return what the person takes away from a visit that the screen accepted; let happen what follows it."""
        taken: set[str] = set()
        for sequel in self.sequels:
            if sequel.meets(site, path, entries, press) and sequel.turn not in taken:
                sequel.spent = not sequel.until_told
                taken |= {sequel.turn} if sequel.turn else set()
                shows = await sequel.follow(shows)
        return shows

    def _told(self, code: str) -> None:
        for slip in self.waiting:
            slip.spent |= slip.until_told == code != ""
        for sequel in self.sequels:
            sequel.spent |= sequel.until_told == code != ""


@dataclass
class Planting:
    """What a scenario works with."""

    sandbox: Sandbox
    slips: Slips
    code: str = ""
    """The scenario's own."""
    changes: list[Change] = field(default_factory=list)

    def world(self, change: Change) -> None:
        """Change the products' state before anybody comes."""
        self.changes.append(change)

    def slip(self, site: str, *path: str, alter: Alteration, needs: Sequence[str] = (), until_told: str = "") -> None:
        """Let the operator's hand slip on a screen, once, or in good faith until told of a finding of this code."""
        self.slips.waiting.append(Slip(site, path, alter, tuple(needs), until_told=until_told))

    def types(self, step_field: str, text: str) -> None:
        """Let the person answer a question of the guide with `text`; `step_field` is its key, `step.field`.

        The handout publishes it, and a rehearsal types it; no check of the product ever sees where it came from.
        """
        self.slips.answers[step_field] = text

    def shows(self, site: str, *path: str, alter: Showing, needs: Sequence[str] = (), until_told: str = "") -> None:
        """Let a screen, a mail or the colleague hand out something else than there is, once.

        With a finding's code as `until_told` it is misread in good faith until the person was told of that finding.
        """

        async def follow(shows: PageShows) -> PageShows:
            return alter(shows)

        self.slips.sequels.append(
            Sequel(site, path, follow, tuple(needs), "" if until_told else _HANDED_OUT, until_told=until_told)
        )

    def after(
        self,
        site: str,
        *path: str,
        change: Change,
        needs: Sequence[str] = (),
        turn: str = "",
        until_told: str = "",
    ) -> None:
        """Change the products' state right after a screen was visited, once, or until told of a finding of this code.

        Changes of one `turn` that follow the same screen happen one a visit.
        """

        async def follow(shows: PageShows) -> PageShows:
            await change(self.sandbox)
            return shows

        self.slips.sequels.append(Sequel(site, path, follow, tuple(needs), turn, until_told=until_told))

    def later(self, delay: timedelta, change: Change) -> None:
        """Change the products' state when so much of the sandbox's time has passed."""
        clock = self.sandbox.clock
        clock.at(clock.now() + delay, lambda: change(self.sandbox), self.code)

    def after_export(self, change: Callable[[connect_jobs.Job, connect_jobs.Run], Awaitable[None]]) -> None:
        """Call `change(job, run)` when a Connect job of Responsys has run, once."""
        _once(self.sandbox.responsys.jobs.ended, change)

    def after_import(self, change: Callable[[import_jobs.Job, import_run.Run], Awaitable[None]]) -> None:
        """Call `change(job, run)` when a Connect job of CX Audience has run, once."""
        _once(self.sandbox.audience.jobs.ended, change)

    def remedy(self, change: Change, code: str = "") -> None:
        """Say what the colleague does once he is shown the finding of this scenario (or of another code)."""
        remedies = self.sandbox.colleague.remedies.setdefault(code or self.code, [])
        remedies.append(lambda: change(self.sandbox))


def _once(told: list[Callable[[J, R], Awaitable[None]]], change: Callable[[J, R], Awaitable[None]]) -> None:
    async def tell(job: J, run: R) -> None:
        told.remove(tell)
        await change(job, run)

    told.append(tell)


Scenario: TypeAlias = Callable[[Planting], None]

_SCENARIOS: dict[str, Scenario] = {}


def scenario(code: str) -> Callable[[Scenario], Scenario]:
    """Register a function that plants the fault of this code."""

    def register(plant: Scenario) -> Scenario:
        _SCENARIOS[code] = plant
        return plant

    return register


def known_scenarios() -> tuple[str, ...]:
    """Return the codes of all scenarios in alphabetical order."""
    return tuple(sorted(_SCENARIOS))


def check_scenarios(codes: Iterable[str]) -> None:
    """Raise UnknownScenarioError for the first code that no scenario has."""
    for code in codes:
        if code not in _SCENARIOS:
            raise UnknownScenarioError(code)


async def plant(sandbox: Sandbox, codes: Sequence[str], slips: Slips) -> None:
    """Plant the faults of these codes; what is still to happen at visits is added to `slips`. UnknownScenarioError."""
    check_scenarios(codes)
    plantings = [Planting(sandbox, slips, code) for code in dict.fromkeys(codes)]
    for planting in plantings:
        _SCENARIOS[planting.code](planting)
    for planting in plantings:
        for change in planting.changes:
            await change(sandbox)
