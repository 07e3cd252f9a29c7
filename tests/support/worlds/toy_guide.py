"""A guide of five small steps whose checks say what their answers say, to test the rooms around the real one."""

from __future__ import annotations

from pathlib import Path

from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.errors import NothingStoredError
from cxr_tui.domain.finding import Outcome, Waiting
from cxr_tui.domain.secret import Secret
from cxr_tui.guide.definition import Check, Fact, Field, Guide, Kind, Part, Product, Step
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.store import Journal

WORDS = ("good", "bad", "word", "dark", "wait")
"""The results that a step can have: evidence, a fault, a confirmation, nothing visible, another person's turn."""


def no_x(value: Value, _: Known) -> str | None:
    return "x is not allowed; write y" if "x" in str(value) else None


def world_step(name: str, words: dict[str, str]) -> Step:
    """Return a step whose check says what is in `words` now, as a world that changes meanwhile does."""

    async def check(c: Check) -> Outcome:
        match words[name]:
            case "bad":
                c.report.fail("toy-fault", "it says bad", "it is bad", "say good")
            case "wait":
                return c.report.waiting(Waiting("someone", "a while"))
            case _:
                c.report.passed("toy-fine", "it says good")
        return c.report.verified()

    return Step(name, name.title(), Part.PREPARE, Product.NONE, "A toy.", check, (Field("word", "Word", rule=no_x),))


def stop_step(name: str) -> Step:
    """Return a step whose check finds what no confirmation passes."""

    async def check(c: Check) -> Outcome:
        c.report.fail("toy-stop", "it is dangerous", "it does harm", "take another", hard_stop=True)
        return c.report.verified()

    return Step(name, name.title(), Part.PREPARE, Product.NONE, "A toy.", check)


def toy_step(name: str, *, rests_on: tuple[str, ...] = (), verified_by: str = "", secret: bool = False) -> Step:
    async def check(c: Check) -> Outcome:
        for key in rests_on:
            if key != "*":
                c.known.value(key)
        word = c.known.text(f"{name}.word")
        c.report.learn("seen", word)
        match word:
            case "bad":
                c.report.fail("toy-fault", "it says bad", "it is bad", "say good")
            case "dark":
                c.report.unknown("toy-dark", "it is dark")
            case "word":
                return c.report.confirmable()
            case "wait":
                return c.report.waiting(Waiting("someone", "a while"))
            case _:
                c.report.passed("toy-fine", f"it says {word}")
        return c.report.verified()

    fields = [Field("word", "Word", rule=no_x), Field("more", "More", optional=True)]
    if secret:
        fields.append(Field("key", "Key", Kind.SECRET, item=f"{name}-key", rule=no_x))
    return Step(
        name,
        name.title(),
        Part.PREPARE,
        Product.NONE,
        "A toy.",
        check,
        tuple(fields),
        facts=(Fact("seen", "Seen"),),
        rests_on=rests_on,
        verified_by=verified_by,
        checked_after=verified_by,
    )


TOY = Guide(
    (
        toy_step("one"),
        toy_step("two", rests_on=("one.word",), verified_by="four"),
        toy_step("three", secret=True),
        toy_step("four", rests_on=("one.seen", "three.key")),
        toy_step("five", rests_on=("*",)),
    )
)


class MemoryCredentials:
    """Secrets in a dictionary, for tests whose subject is not the keyring."""

    store = "memory of the test"

    def __init__(self) -> None:
        self.kept: dict[str, Secret] = {}

    async def put(self, item: str, secret: Secret) -> None:
        self.kept[item] = secret

    async def get(self, item: str) -> Secret:
        if item not in self.kept:
            raise NothingStoredError(item)
        return self.kept[item]

    async def has(self, item: str) -> bool:
        return item in self.kept

    async def drop(self, item: str) -> None:
        self.kept.pop(item, None)


def open_toy(home: Path, guide: Guide = TOY, credentials: MemoryCredentials | None = None) -> Integration:
    """Open a setup on the toy guide with its journal in `home`."""
    return Integration(guide, Journal(home / "journal.db"), credentials or MemoryCredentials(), None, "toy")
