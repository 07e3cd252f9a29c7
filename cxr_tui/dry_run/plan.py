"""What a command would touch, from a recorded table; nothing is opened, sent or read for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from cxr_tui.config.bounded_toml import read_toml
from cxr_tui.domain.answers import Known
from cxr_tui.domain.text import counted, visible
from cxr_tui.gateways.keyring.credentials import PREFIX
from cxr_tui.guide.checks.export.file_name import exported_name
from cxr_tui.guide.definition import Guide, Step
from cxr_tui.guide.definition import Kind as FieldKind
from cxr_tui.guide.forms.login_hosts import audience_url, login_url
from cxr_tui.guided.action_context import PrimaryAction
from cxr_tui.guided.step_controller import StepController
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.rotation_lock import LOCK
from cxr_tui.presentation.action_labels import LABELS
from cxr_tui.presentation.values import state_sentence

_TABLE = Path(__file__).with_name("accesses.toml")
_NEEDS, _ONLY_IF = "needs ", "only if "


class Kind(StrEnum):
    """What is touched."""

    REQUEST = "request"
    SFTP = "sftp"
    FILE = "file"
    PROGRAM = "program"
    KEYRING = "keyring"
    SCREEN = "screen"
    """A visit of the sandbox's operator, who acts for a person in a browser."""


_NOUNS = {Kind.SFTP: "file server call", Kind.KEYRING: "keyring item", Kind.SCREEN: "operator visit"}
"""How an access of a kind is counted, where that is not its value."""


@dataclass(frozen=True)
class Access:
    """One access; its texts are safe to show and contain no secret and no personal data."""

    step_id: str
    """The step that causes it; empty: no single step."""
    kind: Kind
    act: str
    """Such as GET, list, append, read."""
    where: str
    """URL, path or keyring address."""
    template: str
    """The same as in the table, with names in braces."""
    purpose: str
    each: str = ""
    """It happens once for each of these; empty: once."""
    only_if: str = ""
    """The answer after which it happens; empty: always."""


@dataclass
class Plan:
    """Everything that a command or a part of it would touch."""

    accesses: list[Access] = field(default_factory=list)
    stops: str = ""
    """Where it would stop, in a sentence; empty: nowhere."""
    when: str = ""
    """What starts this part; empty: the command."""


@cache
def _table() -> dict[str, Any]:
    return read_toml(_TABLE.read_bytes())


def verified_steps() -> frozenset[str]:
    """Return the ids of the steps that a check can verify with the real products; a person confirms the others."""
    return frozenset(_table()["verified"])


def plan_at(integration: Integration, step_id: str, secrets: Collection[str] = (), *, operated: bool = False) -> Plan:
    """Return what saving and checking a step would touch; see `Planner`."""
    guide, standing = integration.guide, integration.states()[step_id]
    if standing.blocked_by:
        return Plan(stops=f"Nothing would be done. {state_sentence(guide, standing)}")
    return Plan(Planner(integration, operated=operated).step(guide.step(step_id), secrets))


class Planner:
    """Fills in the table for one integration."""

    def __init__(self, integration: Integration, *, operated: bool = False) -> None:
        """With `operated`, the sandbox's operator does the browser part and brings optional values too."""
        self._integration = integration
        self._guide = integration.guide
        self._operated = operated
        self._known = integration.journal_state().known()
        self._planned: set[str] = set()
        """Steps planned so far: later steps may rest on their values."""
        self._places = _places(self._known, integration.name, integration.place)

    def step(self, step: Step, secrets: Collection[str] = ()) -> list[Access]:
        """Return what saving and checking a step touches; `secrets` are the items to store, an operator brings all."""
        found = []
        for one in self._integration.visits(step.id) if self._operated else ():
            where = visible(f"{one.site.value}: {' ▸ '.join(one.path)}", 300)
            found.append(Access(step.id, Kind.SCREEN, "visit", where, "", "Do the browser part"))
        for field_ in step.fields:
            if field_.kind is FieldKind.SECRET and (self._operated or field_.item in secrets):
                only_if = "there is one" if field_.optional else ""
                found += [self._access(step.id, name, only_if, field_.item) for name in ("secret-lock", "secret-new")]
        found += self.check(step)
        last = step is self._guide.steps[-1]
        for other in self._guide.steps:  # checks that see more once this step is done run again
            if other is not step and (last or other.checked_after == step.id):
                found += self.check(other, step.id)
        return list(dict.fromkeys(found))  # one login serves all calls of a command

    def check(self, step: Step, at: str = "") -> list[Access]:
        """Return what checking a step touches, listed at the step `at` if given."""
        self._planned.add(at or step.id)
        begin = [] if self._integration.place.exists() else ["journal-begin"]
        found = []
        for name, condition in _rows(["host", *_table()["steps"][step.id], *begin, "journal"]):
            if condition.startswith(_NEEDS):
                if not all(self._had(key) for key in condition.removeprefix(_NEEDS).split()):
                    continue
                condition = ""
            found.append(self._access(at or step.id, name, condition.removeprefix(_ONLY_IF)))
        return list(dict.fromkeys(found))

    def rotation(self, part: str, item: str) -> list[Access]:
        """Return what one part of a rotation touches."""
        rows = _rows(_table()["rotation"][part])
        return [self._access("", name, condition.removeprefix(_ONLY_IF), item) for name, condition in rows]

    def _had(self, key: str) -> bool:
        """Return whether a value is known or comes from a step planned before."""
        if self._known.has(key):
            return True
        step_id, _, name = key.partition(".")
        left_out = any(
            one.name == name and one.optional and not (self._operated and one.brought)
            for one in self._guide.step(step_id).fields
        )
        return step_id in self._planned and not left_out

    def _access(self, step_id: str, name: str, only_if: str, item: str = "") -> Access:
        row, places = _table()["access"][name], {**self._places, "item": item}
        return Access(
            step_id,
            Kind(row["kind"]),
            row["act"],
            visible(row["where"].format_map(places), 400),
            row["where"].replace("{item}", item),
            visible(row["purpose"].format_map(places), 200),
            row.get("each", ""),
            only_if,
        )


def _rows(rows: Iterable[str | list[str]]) -> Iterator[tuple[str, str]]:
    """Yield the name of each access with its condition; empty: it always happens."""
    for row in rows:
        name, condition = (row, "") if isinstance(row, str) else row
        yield name, condition


def _places(known: Known, name: str, journal: Path) -> Mapping[str, str]:
    """Return the values for the names in braces; in parentheses where they are unknown."""
    text = known.text
    likely = exported_name(known).likely if text("destination-specification.file_name") else ""
    folder = text("destination-connectivity.path").strip("/")
    server, user = text("destination-connectivity.server"), text("destination-connectivity.user_name")
    entered = {place: next(filter(None, map(text, keys)), "") for place, keys in _table()["places"].items()}
    made = {
        "login": login_url(known),
        "audience": audience_url(text("account.audience_token")),
        "keyring": f"{PREFIX}/{name}",
        "file_server": f"sftp://{user}@{server}" if server else "",
        "folder": folder,
        "exported_file": text("exported-file.path").strip("/") or (f"{folder}/{likely}" if likely else ""),
        "files": str(journal.with_suffix(".files")),
        "journal": str(journal),
        "rotation_lock": str(journal.with_name(LOCK)),
    }
    unknown = {"api": "API host returned by the login", "run": "a run", "login": "login host"}
    found = {**dict.fromkeys(("api", "run", "ready_file"), ""), **entered, **made}
    return {place: value or f"({unknown.get(place, place.replace('_', ' '))})" for place, value in found.items()}


@dataclass(frozen=True)
class Line:
    """One line of a dry run; `level` is its indentation."""

    level: int
    text: str
    quiet: bool = False
    head: str = ""
    """What precedes the text; wrapped lines align with the text."""

    @property
    def whole(self) -> str:
        """Return the line as it is printed."""
        return f"{'':{2 * self.level}}{self.head}{self.text}"


def plan_lines(guide: Guide, plan: Plan) -> Iterator[Line]:
    """Yield a plan step by step, at each step first what always happens."""
    for step_id in dict.fromkeys(one.step_id for one in plan.accesses):
        here = [one for one in plan.accesses if one.step_id == step_id]
        if step_id:
            yield Line(0, f"{guide.number(step_id):>2}  {guide.step(step_id).title}")
        for only_if in dict.fromkeys(one.only_if for one in sorted(here, key=lambda one: bool(one.only_if))):
            if only_if:
                yield Line(1, f"only if {only_if}:", quiet=True)
            level = 2 if only_if else 1
            for one in here:
                if one.only_if == only_if:
                    each = f"  (once per {one.each})" if one.each else ""
                    yield Line(level, f"{one.where}{each}", head=f"{one.kind.value:<8} {one.act:<7} ")
                    yield Line(level + 4, one.purpose, quiet=True)
    if plan.stops:
        yield Line(0, plan.stops)


def summary(plans: Sequence[Plan]) -> str:
    """Return a sentence with the number of accesses."""
    certain = [one for plan in plans for one in plan.accesses if not one.only_if]
    counts = {kind: len({(one.act, one.where) for one in certain if one.kind is kind}) for kind in Kind}
    named = [counted(count, _NOUNS.get(kind, kind.value)) for kind, count in counts.items() if count]
    more = " More only after an unexpected answer." if any(one.only_if for p in plans for one in p.accesses) else ""
    return f"{', '.join(named) or 'nothing'} with expected answers.{more}"


def next_action(controller: StepController) -> tuple[list[str], list[Line]]:
    """Return what the main action of the current step would touch: in two sentences, and line by line."""
    integration, step_id = controller.integration, controller.step_id
    guide, operated = integration.guide, controller.context().main is PrimaryAction.OPERATE
    secrets = [guide.step(step_id).field(name).item for name in controller.secrets()]
    plan = plan_at(integration, step_id, secrets, operated=operated)
    action = LABELS["operate" if operated else "check"]
    head = f"{action}, step {guide.number(step_id)}, would touch {summary([plan])}"
    untouched = "Nothing was sent, written or read from the keyring for this list."
    return [head, untouched], list(plan_lines(guide, plan))


def plan_document(plan: Plan) -> dict[str, Any]:
    """Return a plan as a JSON-able document."""
    return {
        "when": plan.when or None,
        "touches": [
            {
                "step": one.step_id or None,
                "kind": one.kind.value,
                "act": one.act,
                "where": one.where,
                "template": one.template or None,
                "purpose": one.purpose,
                "each": one.each or None,
                "only_if": one.only_if or None,
            }
            for one in plan.accesses
        ],
        "stops": plan.stops or None,
    }
