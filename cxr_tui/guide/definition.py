"""What a documented step consists of: fields, instruction, rules, check; no I/O, no Textual."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeAlias

from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.finding import Outcome, Report
from cxr_tui.domain.instruction import Mismatch, Visit
from cxr_tui.domain.ports import Progress, World


class Stage(StrEnum):
    """The five stages: preparation, the three documented tasks, and going live."""

    PREPARE = "Prepare"
    RESPONSYS = "Responsys to CX Audience"
    AUDIENCE = "CX Audience to Responsys"
    PROFILES = "Import the profile list"
    LIVE = "Live"


class Part(StrEnum):
    """The groups of steps; the third task has four parts, as in its documentation."""

    PREPARE = "prepare"
    RESPONSYS = "responsys"
    AUDIENCE = "audience"
    KEY_PAIR = "key-pair"
    PUBLIC_KEY = "public-key"
    EXPORT = "export"
    IMPORT = "import"
    LIVE = "live"

    @property
    def stage(self) -> Stage:
        """Return the stage this group belongs to; the others are parts of the third task."""
        return Stage.__members__.get(self.name, Stage.PROFILES)


class Product(StrEnum):
    """The product whose screen a step is about."""

    NONE = ""
    RESPONSYS = "Responsys"
    AUDIENCE = "CX Audience"
    BOTH = "Responsys and CX Audience"
    SUPPORT = "My Oracle Support"


class Kind(StrEnum):
    """How a field is entered; the wizard has one widget per kind."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    CHECKLIST = "checklist"
    CHECKBOX = "checkbox"
    CONFIRM = "confirm"
    """A sentence that must be typed exactly."""
    DATE = "date"
    TIME = "time"
    FILE = "file"
    """Path of a local file."""
    LINES = "lines"
    """Several values, one per line."""
    MAPPING = "mapping"
    """Pairs of names."""
    SECRET = "secret"  # nosec B105  # noqa: S105 - the kind's name
    """Stored only in the keyring; the journal records that it was set, never its value."""


class Personal(StrEnum):
    """Whose data a field holds; it decides which scope of `cxr-tui erase` removes the value."""

    RECORDS = "records"
    """Sample records, and what a product reports about single people."""
    ANSWERS = "answers"
    """Name or address of a person who works with the integration, or free text."""


@dataclass(frozen=True)
class Choice:
    """One possible value and how it is shown."""

    value: str
    label: str
    hint: str = ""


Choices: TypeAlias = tuple[str | Choice, ...]
Rule: TypeAlias = Callable[[Value, Known], str | None]
"""Returns what is wrong with a value and what would be right, None where it is valid."""


_NAMES = ("Responsys", "Oracle")
"""First words of labels that keep their capital letter."""


@dataclass(frozen=True)
class Field:
    """One thing a step asks for, under the label of the product's screen."""

    name: str
    label: str
    kind: Kind = Kind.TEXT
    help: str = ""
    """The documented facts for the person who enters it, in our own words."""
    source: str = ""
    """Where this is documented, and how certain it is, such as `Integrating with Responsys, step 4 (documented)`."""
    default: Value | Callable[[Known], Value | None] | None = None
    """The suggestion: a value, or a function of any earlier value; an empty text suggests nothing."""
    choices: Choices | Callable[[Known], Choices] = ()
    """The possible values; a plain text is a value that is its own label."""
    rule: Rule | None = None
    optional: bool = False
    shown: Callable[[Known], bool] = lambda _: True
    """Whether the field applies; reads any earlier value and this step's own."""
    origin: str = ""
    """Key `step.name` of an earlier value, which is shown here with its origin instead of asked again."""
    brought: bool = False
    """The instruction brings the value, so it is empty before."""
    item: str = ""
    """For a secret: the name of its keyring item."""
    phrase: str = ""
    """For a typed confirmation: the sentence."""
    personal: Personal | None = None
    """Whose data it holds, where it is a person's."""
    undocumented: bool = False
    """No page of Oracle shows this label, so a real screen may use another."""
    noun: str = ""
    """What a sentence calls the value, where the label is no noun."""
    mismatch: Mismatch | None = None
    """The finding where another value than the suggested one is entered, or is shown on the screen."""

    def proposal(self, known: Known) -> Value | None:
        """Return the suggestion, None for nothing."""
        value = self.default(known) if callable(self.default) else self.default
        return None if value == "" else value

    @property
    def needed(self) -> str:
        """The error of a required field that is empty, `Enter the account name.` for one."""
        if self.kind in (Kind.CHOICE, Kind.CHECKLIST) or self.choices:
            return f"Select a value for {self.label}."
        noun = self.noun or self.label
        word = noun.partition(" ")[0]
        if word[1:].islower() and word not in _NAMES:
            noun = noun[0].lower() + noun[1:]
        return f"Enter the {'path of the ' if self.kind is Kind.FILE else ''}{noun}."

    def offered(self, known: Known) -> tuple[Choice, ...]:
        """Return the possible values; empty where any value is possible or none is known."""
        choices = self.choices(known) if callable(self.choices) else self.choices
        return tuple(Choice(one, one) if isinstance(one, str) else one for one in choices)

    def entry(self, known: Known, key: str) -> Value:
        """Return what is entered under its key, something empty where that is unknown."""
        match self.kind:
            case Kind.CHECKBOX:
                return known.flag(key)
            case Kind.CHECKLIST | Kind.LINES:
                return known.lines(key)
            case Kind.MAPPING:
                return known.pairs(key)
            case _:
                return known.text(key)


@dataclass(frozen=True)
class Fact:
    """Something that a step's check learns; later steps may rest on it."""

    name: str
    label: str
    read_from: str = ""
    """What it is read from, such as `Responsys`; empty: the check puts it together itself."""


_REQUESTED = (
    Fact("requested_on", "Date of the request"),
    Fact("requested_number", "Number of the request"),
    Fact("requested_for", "Account named in the request"),
)
"""What the journal notes of a request that was opened before the step's turn."""


@dataclass(frozen=True)
class Note:
    """Something documented that a person should know at this step."""

    text: str
    warning: bool = False


@dataclass(frozen=True)
class Link:
    """A page of Oracle's help that the procedure refers to."""

    title: str
    url: str


@dataclass(frozen=True)
class Check:
    """What a check may read and use."""

    known: Known
    """The values of the step and those that it rests on, nothing else."""
    world: World
    progress: Progress
    report: Report = field(default_factory=Report)


@dataclass(frozen=True)
class Request:
    """What others have to do for a step; it takes days, so it can be requested before the step's turn."""

    what: str
    """What is requested, such as `the Data Director role`."""
    of: str
    """Who has to act."""
    needs: tuple[str, ...]
    """Keys of the earlier values that the request names."""
    usual: str = ""
    """How long it usually takes, in words."""
    open_until_seen: bool = False
    """Whether it may stay open when the step is done, until evidence is seen."""


def requested(step_id: str, name: str) -> Callable[[Known], Value | None]:
    """Suggest the `number` or the day (`on`) of a request that was noted before the step's turn."""
    return lambda known: known.text(f"{step_id}.requested_{name}") or None


def keys_of(step_id: str, *names: str) -> tuple[str, ...]:
    """Return the keys of several values of a step."""
    return tuple(f"{step_id}.{name}" for name in names)


CheckFunction: TypeAlias = Callable[[Check], Awaitable[Outcome]]


@dataclass(frozen=True)
class Step:
    """One documented screen of the guide."""

    id: str
    title: str
    part: Part
    product: Product
    purpose: str
    """What this screen is for, in one or two sentences."""
    check: CheckFunction
    fields: tuple[Field, ...] = ()
    facts: tuple[Fact, ...] = ()
    """What the check may learn; it can learn nothing else."""
    notes: tuple[Note, ...] = ()
    links: tuple[Link, ...] = ()
    """Where to learn more."""
    visits: Callable[[Known], tuple[Visit, ...]] = lambda _: ()
    """The instruction; it reads the values of the step and those of `rests_on`."""
    rests_on: tuple[str, ...] = ()
    """Keys of earlier values that check and instruction read; a change makes the step stale."""
    verified_by: str = ""
    """Id of the later step whose evidence shows that this step was done; empty: there is none."""
    checked_after: str = ""
    """Id of a later step; when that is done, this step is checked again, because its check can see more."""
    request: Request | None = None
    """What can be requested before the step's turn."""
    usual_wait: str = ""
    """How long others usually take, in words, where the step waits for someone."""
    news_by_person: bool = False
    """Whether only a person learns that the wait is over, such as by email; no check can see it."""
    source: str = ""
    """Where its fields are documented, for those that name no source."""

    def __post_init__(self) -> None:
        """Give every field its source, and a step that can be requested the facts of its request."""
        fields = tuple(replace(one, source=one.source or self.source) for one in self.fields)
        object.__setattr__(self, "fields", fields)
        if self.request is not None:
            object.__setattr__(self, "facts", (*self.facts, *_REQUESTED))

    @property
    def short_title(self) -> str:
        """The title without the job that it begins with, for a list under the name of its part."""
        return self.title.rpartition(": ")[2]

    def key(self, name: str) -> str:
        """Return the key of this step's field or fact."""
        return f"{self.id}.{name}"

    def field(self, name: str) -> Field:
        """Return the field of this name; KeyError."""
        return {one.name: one for one in self.fields}[name]

    def entries(self, known: Known, *names: str) -> dict[str, Value]:
        """Return what a screen is set to, by its labels: the fields of these names, or all that apply."""
        fields = [self.field(name) for name in names] or [one for one in self.fields if one.shown(known)]
        return {one.label: one.entry(known, self.key(one.name)) for one in fields}

    @property
    def mismatches(self) -> dict[str, Mismatch]:
        """The findings of its fields, by the screen's labels."""
        return {one.label: one.mismatch for one in self.fields if one.mismatch is not None}

    def fact(self, name: str) -> Fact:
        """Return the fact of this name; one that an older version learned is called by its name."""
        return next((one for one in self.facts if one.name == name), Fact(name, name.replace("_", " ").capitalize()))

    def field_keys(self) -> tuple[str, ...]:
        """Return the keys of the values that this step asks for."""
        return tuple(self.key(one.name) for one in self.fields if not one.origin)

    def own_keys(self) -> tuple[str, ...]:
        """Return the keys that the check may read: those of the step, its origins, and what it rests on."""
        return (*self.field_keys(), *(one.origin for one in self.fields if one.origin), *self.rests_on)


@dataclass(frozen=True)
class Guide:
    """The documented procedure: all steps in order."""

    steps: tuple[Step, ...]

    def step(self, step_id: str) -> Step:
        """Return the step of this id; KeyError."""
        return {one.id: one for one in self.steps}[step_id]

    def personal(self, *kinds: Personal) -> frozenset[str]:
        """Return the keys of the fields that hold personal data of these kinds."""
        return frozenset(step.key(one.name) for step in self.steps for one in step.fields if one.personal in kinds)

    def label(self, key: str) -> str:
        """Return the label of the field or fact under `step.name`; KeyError where there is no such step."""
        step_id, _, name = key.partition(".")
        step = self.step(step_id)
        return next((one.label for one in step.fields if one.name == name), step.fact(name).label)

    def number(self, step_id: str) -> int:
        """Return the position of a step, counted from 1."""
        return next(number for number, one in enumerate(self.steps, 1) if one.id == step_id)
