"""What a command would touch, from a recorded table; nothing is opened, sent or read for it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from cxr_tui.config.bounded_toml import read_toml
from cxr_tui.domain.answers import Known
from cxr_tui.domain.text import visible
from cxr_tui.gateways.keyring.credentials import PREFIX
from cxr_tui.guide.checks.export.file_name import exported_name
from cxr_tui.guide.definition import Guide, Step
from cxr_tui.guide.definition import Kind as FieldKind
from cxr_tui.guide.forms.login_hosts import audience_url, login_url
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.lock import LOCK
from cxr_tui.presentation.values import state_sentence

_TABLE = Path(__file__).with_name("accesses.toml")
_NEEDS, _ONLY_IF = "needs ", "only if "
UNTOUCHED = "Nothing was sent, written or read from the keyring for this list."


class Kind(StrEnum):
    """What is touched."""

    REQUEST = "request"
    SFTP = "sftp"
    FILE = "file"
    PROGRAM = "program"
    KEYRING = "keyring"
    SCREEN = "screen"
    """A visit of the sandbox's operator, who acts for a person in a browser."""


KIND_NAMES = {
    Kind.REQUEST: ("request", "requests"),
    Kind.SFTP: ("call of the file server", "calls of the file server"),
    Kind.FILE: ("file", "files"),
    Kind.PROGRAM: ("program", "programs"),
    Kind.KEYRING: ("keyring item", "keyring items"),
    Kind.SCREEN: ("visit of the operator", "visits of the operator"),
}
"""Singular and plural of each kind."""


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
    """Return what saving and checking a step would touch; with `operated` also the visits of the sandbox's operator."""
    guide, standing = integration.guide, integration.states()[step_id]
    if standing.blocked_by:
        return Plan(stops=f"Nothing would be done. {state_sentence(guide, standing)}")
    step = guide.step(step_id)
    known = integration.journal_state().known()
    planner = Planner(guide, known, integration.name, integration.place, operated=operated)
    items = {one.item for one in step.fields if one.brought or not one.optional} if operated else set(secrets)
    visits = [f"{one.site.value}: {' ▸ '.join(one.path)}" for one in integration.visits(step_id)] if operated else []
    return Plan(planner.step(step, items, [visible(one, 300) for one in visits]))


class Planner:
    """Fills in the table for one integration."""

    def __init__(self, guide: Guide, known: Known, name: str, journal: Path, *, operated: bool = False) -> None:
        """`known` are all values of the integration, `journal` is its file; an operator brings optional values."""
        self._guide = guide
        self._operated = operated
        self._known = known
        self._journal = journal
        self._planned: set[str] = set()
        """Steps planned so far: later steps may rest on their values."""
        self._places = _places(known, name, journal)

    def step(self, step: Step, secrets: Collection[str] = (), visits: Sequence[str] = ()) -> list[Access]:
        """Return what saving and checking a step touches; `secrets` are the items to store, `visits` the screens."""
        found = [Access(step.id, Kind.SCREEN, "visit", visit, "", "Do the browser part") for visit in visits]
        for one in step.fields:
            if one.kind is FieldKind.SECRET and one.item in secrets:
                only_if = "there is one" if one.optional else ""
                found += [self._access(step.id, name, only_if, one.item) for name in ("secret-lock", "secret-new")]
        found += self.check(step)
        last = step is self._guide.steps[-1]
        for other in self._guide.steps:  # checks that see more once this step is done run again
            if other is not step and (last or other.checked_after == step.id):
                found += self.check(other, step.id)
        return _once(found)

    def check(self, step: Step, at: str = "") -> list[Access]:
        """Return what checking a step touches, listed at the step `at` if given."""
        self._planned.add(at or step.id)
        names = ["host", *([] if self._journal.exists() else ["journal-begin"]), "journal"]
        rows = [*names[:1], *_table()["steps"][step.id], *names[1:]]
        found = []
        for row in rows:
            name, condition = (row, "") if isinstance(row, str) else row
            needs = condition.removeprefix(_NEEDS).split() if condition.startswith(_NEEDS) else []
            if not all(self._had(key) for key in needs):
                continue
            only_if = condition.removeprefix(_ONLY_IF) if condition.startswith(_ONLY_IF) else ""
            found.append(self._access(at or step.id, name, only_if))
        return _once(found)

    def rotation(self, part: str, item: str) -> list[Access]:
        """Return what one part of a rotation touches."""
        rows = _table()["rotation"][part]
        pairs = ((row, "") if isinstance(row, str) else row for row in rows)
        return [self._access("", name, condition.removeprefix(_ONLY_IF), item) for name, condition in pairs]

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

    def _access(self, step_id: str, name: str, only_if: str = "", item: str = "") -> Access:
        row = _table()["access"][name]
        places = {**self._places, "item": item}
        template = row["where"]
        where, purpose = (_filled(row[part], places) for part in ("where", "purpose"))
        return Access(
            step_id,
            Kind(row["kind"]),
            row["act"],
            visible(where, 400),
            template.replace("{item}", item),
            visible(purpose, 200),
            row.get("each", ""),
            only_if,
        )


def _places(known: Known, name: str, journal: Path) -> Mapping[str, str]:
    """Return the values for the names in braces; in parentheses where they are unknown."""
    text = known.text
    likely = exported_name(known).likely if text("destination-specification.file_name") else ""
    folder = text("destination-connectivity.path").strip("/")
    exported = text("exported-file.path").strip("/") or (f"{folder}/{likely}" if likely else "")
    named = {
        "login": login_url(known),
        "api": "",
        "audience": audience_url(text("account.audience_token")),
        "user": text("add-user.login_name"),
        "audience_user": text("account.audience_api_user"),
        "connect_user": text("account.connect_api_user"),
        "keyring": f"{PREFIX}/{name}",
        "list": text("integration-settings.responsys_list") or text("select-object.list"),
        "job": text("export-schedule.job_id"),
        "run": "",
        "file_server": _server(known),
        "folder": folder,
        "exported_file": exported,
        "ready_file": "",
        "private_key": text("destination-connectivity.key_file"),
        "public_key": text("import-key.key_file") or text("generate-key.key_file"),
        "ssh2_key": text("ssh2-key.key_file"),
        "files": str(journal.with_suffix(".files")),
        "journal": str(journal),
        "rotation_lock": str(journal.with_name(LOCK)),
    }
    unknown = {"api": "(API host returned by the login)", "run": "(a run)", "login": "(login host)"}
    return {one: value or unknown.get(one, f"({one.replace('_', ' ')})") for one, value in named.items()}


def _server(known: Known) -> str:
    server, user = known.text("destination-connectivity.server"), known.text("destination-connectivity.user_name")
    return f"sftp://{user}@{server}" if server else ""


def _filled(template: str, places: Mapping[str, str]) -> str:
    return "".join(text + (places[name] if name else "") for text, name, _, _ in Formatter().parse(template))


def _once(accesses: Sequence[Access]) -> list[Access]:
    """Return each access once, for one login serves all calls of a command."""
    return list({(one.step_id, one.kind, one.act, one.template, one.only_if): one for one in accesses}.values())


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
    named = [f"{count} {KIND_NAMES[kind][count != 1]}" for kind, count in counts.items() if count]
    more = " More only after an unexpected answer." if any(one.only_if for p in plans for one in p.accesses) else ""
    return f"{', '.join(named) or 'nothing'} with expected answers.{more}"


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
