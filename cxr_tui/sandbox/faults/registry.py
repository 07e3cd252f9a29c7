"""The kinds of fault, and the controller that knows which of them are on."""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

MOST = 10_000_000
"""Largest value of any fault."""
_WAIT_SECONDS = 0.02


class Layer(StrEnum):
    """Where a fault sits."""

    LINE = "line"
    """The connection itself: HTTP and SFTP alike."""
    ANSWER = "answer"
    """What a REST host answers."""
    FILES = "files"
    """What the file server does with files."""
    KEYRING = "keyring"
    """The sandbox's throwaway keyring."""


PLACES: dict[Layer, tuple[str, ...]] = {
    Layer.LINE: ("responsys-login", "responsys-api", "responsys-other-pod", "audience-api", "files"),
    Layer.ANSWER: ("responsys-login", "responsys-api", "responsys-other-pod", "audience-api"),
    Layer.FILES: ("files",),
    Layer.KEYRING: ("keyring",),
}
"""Hosts by layer; a place may also be named by the part before its first hyphen, such as `responsys`."""


@dataclass(frozen=True)
class Kind:
    """One kind of fault."""

    name: str
    layer: Layer
    unit: str
    """What its value counts; empty: it has none; `text`: a word."""
    usual: str
    """Value where none is given."""
    does: str


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("latency", Layer.LINE, "ms", "200", "adds this time to every round trip"),
        Kind("jitter", Layer.LINE, "ms", "200", "adds up to this time at random"),
        Kind("bandwidth", Layer.LINE, "bytes/s", "20000", "carries no more in either direction"),
        Kind("refused", Layer.LINE, "", "", "refuses connections and resets open ones"),
        Kind("reset-at", Layer.LINE, "bytes", "0", "resets each connection after this part of the answer"),
        Kind("cut-at", Layer.LINE, "bytes", "0", "closes each connection normally after this part of the answer"),
        Kind("half-open", Layer.LINE, "", "", "keeps connections open and carries nothing in either direction"),
        Kind("storm", Layer.ANSWER, "%", "100", "answers this share of calls with a 5xx"),
        Kind("truncated", Layer.ANSWER, "bytes", "20", "ends the body after this part, before its announced length"),
        Kind("slow-body", Layer.ANSWER, "ms", "300", "pauses this long between two pieces of the body"),
        Kind("content-type", Layer.ANSWER, "text", "text/html", "labels every answer so, whatever it holds"),
        Kind("clock-skew", Layer.ANSWER, "s", "3600", "sets the hosts' clock ahead; behind with a minus"),
        Kind("sftp-stall", Layer.FILES, "", "", "answers no request for a file"),
        Kind("sftp-disconnect", Layer.FILES, "bytes", "0", "disconnects after this part of a file was read"),
        Kind("sftp-short-read", Layer.FILES, "bytes", "1000", "answers with this part of a file at most"),
        Kind("sftp-ends-at", Layer.FILES, "bytes", "100", "ends the file there, whatever its size"),
        Kind("sftp-rename", Layer.FILES, "", "", "moves a file away as soon as it is listed"),
        Kind("keyring-locked", Layer.KEYRING, "calls", "0", "is locked after this many more calls"),
        Kind("keyring-slow", Layer.KEYRING, "ms", "2000", "takes this long for every call"),
        Kind("keyring-gone", Layer.KEYRING, "", "", "disconnects on every call"),
        Kind("keyring-forgets", Layer.KEYRING, "", "", "has lost its entries and keeps no new ones"),
    )
}
"""All kinds by name."""

_FORM = re.compile(r"(?P<name>[a-z0-9-]+)(?:=(?P<value>[^@*]+))?(?:@(?P<place>[a-z-]+))?(?:\*(?P<times>\d{1,6}))?")


class UnknownFaultError(ValueError):
    """A text that does not name a fault; the message lists the faults."""


@dataclass(frozen=True)
class Fault:
    """One fault that is on."""

    kind: Kind
    value: str = ""
    place: str = ""
    """Where; empty: wherever its layer is."""
    times: int = 0
    """How often it happens before it ends; 0: until it is switched off."""

    @property
    def number(self) -> int:
        """Its value as a number."""
        return int(self.value)

    def meets(self, place: str) -> bool:
        """Return whether it is on there."""
        return not self.place or _is_at(self.place, place)

    def __str__(self) -> str:
        """Return it in the form that `parse` reads."""
        value, place = f"={self.value}" if self.value else "", f"@{self.place}" if self.place else ""
        return f"{self.kind.name}{value}{place}{f'*{self.times}' if self.times else ''}"


def parse(text: str) -> Fault:
    """Read `NAME[=VALUE][@PLACE][*TIMES]`; UnknownFaultError."""
    found = _FORM.fullmatch(text.strip())
    kind = KINDS.get(found["name"]) if found else None
    if found is None or kind is None:
        raise UnknownFaultError(f"{text!r} is not a fault. Write NAME[=VALUE][@PLACE][*TIMES]. Known are:\n{listed()}")
    value, place = found["value"] or "", found["place"] or ""
    places = PLACES[kind.layer]
    if place and not any(_is_at(place, host) for host in places):
        raise UnknownFaultError(f"{kind.name} cannot be at {place!r}, only at {', '.join(places)}")
    if not kind.unit and value:
        raise UnknownFaultError(f"{kind.name} takes no value")
    if kind.unit not in ("", "text") and value and not _is_number(kind, value):
        raise UnknownFaultError(f"{kind.name}={value}: a number from 0 to {_most(kind)} ({kind.unit}) is expected")
    return Fault(kind, value or kind.usual, place, int(found["times"] or 0))


def parse_all(texts: Iterable[str]) -> tuple[Fault, ...]:
    """Read several; UnknownFaultError for the first that is not a fault."""
    return tuple(parse(text) for text in texts)


def listed() -> str:
    """Return all kinds as lines for people."""
    shown = {f"{kind.name}={kind.usual}" if kind.unit else kind.name: kind for kind in KINDS.values()}
    width = max(map(len, shown))
    return "\n".join(f"  {name:<{width}}  {kind.unit and f'{kind.unit}: '}{kind.does}" for name, kind in shown.items())


def _is_at(place: str, host: str) -> bool:
    return host == place or host.startswith(f"{place}-")


def _is_number(kind: Kind, value: str) -> bool:
    digits = value.removeprefix("-") if kind.unit == "s" else value
    return digits.isascii() and digits.isdigit() and int(digits) <= _most(kind)


def _most(kind: Kind) -> int:
    return 100 if kind.unit == "%" else MOST


class FaultController:
    """Asked at each chance to go wrong, from the event loop and from the threads of the file server."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._lock = threading.Lock()
        self._on: tuple[Fault, ...] = ()
        self._left: dict[Fault, int] = {}
        self._counts: Counter[str] = Counter()
        self._listeners: list[Callable[[], Awaitable[None]]] = []
        self._put(faults)

    @property
    def on(self) -> tuple[Fault, ...]:
        """The faults that are on, in the order they were given."""
        return self._on

    @property
    def trigger_counts(self) -> dict[str, int]:
        """How often each kind has happened since the start."""
        with self._lock:
            return dict(self._counts)

    def on_change(self, listener: Callable[[], Awaitable[None]]) -> None:
        """Await `listener` whenever other faults are on."""
        self._listeners.append(listener)

    async def switch_to(self, faults: Iterable[Fault]) -> None:
        """Have these faults on, and no others; returns when every listener knows."""
        self._put(faults)
        for listener in self._listeners:
            await listener()

    def find(self, name: str, place: str) -> Fault | None:
        """Return the fault of this name that is on at a place; it does not count as happening."""
        return next((fault for fault in self._on if fault.kind.name == name and fault.meets(place)), None)

    def trigger(self, name: str, place: str) -> Fault | None:
        """Let a fault happen if it is on at a place; after the last of its times it ends."""
        if not self._on:
            return None
        with self._lock:
            fault = self.find(name, place)
            if fault is None:
                return None
            self._counts[name] += 1
            if fault in self._left:
                self._left[fault] -= 1
                if not self._left[fault]:
                    self._on = tuple(other for other in self._on if other is not fault)
            return fault

    def wait_while(self, name: str, place: str, ended: Callable[[], bool]) -> None:
        """Block a thread while a fault is on there and its connection has not ended."""
        while self.find(name, place) is not None and not ended():
            time.sleep(_WAIT_SECONDS)

    def _put(self, faults: Iterable[Fault]) -> None:
        with self._lock:
            self._on = tuple(faults)
            self._left = {fault: fault.times for fault in self._on if fault.times}
