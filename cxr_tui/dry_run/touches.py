"""What a dry run notes: each request, SFTP call, file, program and keyring item that would be touched."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What is touched."""

    REQUEST = "request"
    SFTP = "sftp"
    FILE = "file"
    PROGRAM = "program"
    KEYRING = "keyring"
    SCREEN = "screen"
    """A visit of the sandbox's operator, who stands for the person's browser."""


@dataclass(frozen=True)
class Touch:
    """One thing that would be touched; every text is safe to show and holds no secret and nobody's data."""

    kind: Kind
    act: str
    """Such as GET, list, append, read."""
    where: str
    """URL, path or keyring address."""
    template: str = ""
    """For a request: its path with names of parts in braces, the same for all objects."""
    purpose: str = ""
    note: str = ""
    """What cannot be known before an answer."""

    @property
    def sign(self) -> tuple[str, ...]:
        """Return what makes two touches the same kind of touch, whatever object they are about."""
        return (self.kind.value, self.act, self.template or self.where)


at_step: ContextVar[str] = ContextVar("at_step", default="")
"""The step whose check runs in this task; checks run side by side."""


class Recorder:
    """Notes touches by the step that causes them, in the order of their first time."""

    def __init__(self) -> None:
        self._times: dict[tuple[str, Touch], int] = {}
        self._taken = ""

    def note(self, touch: Touch) -> None:
        """Note one touch."""
        key = (at_step.get() or self._taken, touch)
        self._times[key] = self._times.get(key, 0) + 1

    @contextmanager
    def taking(self, step_id: str) -> Iterator[None]:
        """Put down what no check causes to this step."""
        before, self._taken = self._taken, step_id
        try:
            yield
        finally:
            self._taken = before

    def noted(self) -> list[tuple[str, Touch, int]]:
        """Return step, touch and how many times."""
        return [(step_id, touch, times) for (step_id, touch), times in self._times.items()]


class Mood(StrEnum):
    """An answer that is not as expected; the words complete `only if`."""

    AS_EXPECTED = ""
    FOUND_THERE = "it lies in the keyring although nothing here has put it there"
    LOGIN_REFUSED = "the login is refused"
    NO_ROLE = "the user lacks a role"
    OTHER_LISTS = "the list is not there"
    EMPTY_LIST = "the list has no records"
    RUN_FAILED = "the newest run has failed"
    NO_FOLDER = "the folder is not there"
    NO_FILE = "the file is not there"
    OLD_FILE = "the file is an old one"
    KEY_REFUSED = "the file server refuses the key"
    LOCKED_KEY = "the key file has a passphrase"
    BROKEN_KEY = "the key file was broken on its way through the mail"


class Dials:
    """Which answer is not as expected, and which could have been."""

    def __init__(self, mood: Mood = Mood.AS_EXPECTED) -> None:
        self.mood = mood
        self.asked: set[Mood] = set()
        """Moods that would have made a difference somewhere."""

    def turned(self, mood: Mood) -> bool:
        """Say whether this is the answer that is not as expected."""
        self.asked.add(mood)
        return self.mood is mood
