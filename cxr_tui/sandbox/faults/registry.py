"""The kinds of fault, and the controller that knows which of them are on."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

MOST = 10_000_000
"""Largest value of any fault."""

HOSTS = ("responsys-login", "responsys-api", "responsys-other-pod", "audience-api")
FILES, KEYRING = "files", "keyring"
_LINES, _FILES, _KEYRING = (*HOSTS, FILES), (FILES,), (KEYRING,)
"""Places of connections, of files, and of secrets."""


@dataclass(frozen=True)
class Kind:
    """One kind of fault."""

    name: str
    places: tuple[str, ...]
    """Where it can be; also named by the part before the first hyphen, such as `responsys`."""
    unit: str
    """What its value counts; empty: it has none; `text`: a word."""
    usual: str
    """Value where none is given."""
    does: str


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("latency", _LINES, "ms", "200", "adds this time to every round trip"),
        Kind("bandwidth", _LINES, "bytes/s", "20000", "carries no more in either direction"),
        Kind("refused", _LINES, "", "", "refuses connections"),
        Kind("reset-at", _LINES, "bytes", "0", "resets each connection after this part of the answer"),
        Kind("half-open", _LINES, "", "", "keeps connections open and carries nothing in either direction"),
        Kind("storm", HOSTS, "%", "100", "answers this share of calls with a 5xx"),
        Kind("truncated", HOSTS, "bytes", "20", "ends the body after this part, before its announced length"),
        Kind("content-type", HOSTS, "text", "text/html", "labels every answer so, whatever it holds"),
        Kind("clock-skew", HOSTS, "s", "3600", "sets the hosts' clock ahead; behind with a minus"),
        Kind("sftp-stall", _FILES, "", "", "answers no request for a file"),
        Kind("sftp-disconnect", _FILES, "bytes", "0", "disconnects after this part of a file was read"),
        Kind("sftp-ends-at", _FILES, "bytes", "100", "ends the file there, whatever its size"),
        Kind("sftp-rename", _FILES, "", "", "moves a file away as soon as it is listed"),
        Kind("keyring-locked", _KEYRING, "calls", "0", "is locked after this many more calls"),
        Kind("keyring-slow", _KEYRING, "ms", "2000", "takes this long for every call"),
        Kind("keyring-gone", _KEYRING, "", "", "disconnects on every call"),
        Kind("keyring-forgets", _KEYRING, "", "", "has lost its entries and keeps no new ones"),
    )
}
"""All kinds by name."""

_FORM = re.compile(r"(?P<name>[a-z0-9-]+)(?:=(?P<value>[^@*]+))?(?:@(?P<place>[a-z-]+))?(?:\*(?P<times>\d{1,6}))?")
_NUMBER = re.compile(r"-?\d{1,9}", re.ASCII)


class UnknownFaultError(ValueError):
    """A text that does not name a fault; the message lists the faults."""


@dataclass(frozen=True)
class Fault:
    """One fault that is on."""

    kind: Kind
    value: str = ""
    place: str = ""
    """Where; empty: wherever it can be."""
    times: int = 0
    """How often it happens before it ends; 0: until it is switched off."""

    @property
    def number(self) -> int:
        """Its value as a number."""
        return int(self.value)

    def meets(self, place: str) -> bool:
        """Return whether it is on there."""
        return place in self.kind.places and (not self.place or _is_at(self.place, place))

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
    value, place = found["value"] or kind.usual, found["place"] or ""
    if place and not any(_is_at(place, host) for host in kind.places):
        raise UnknownFaultError(f"{kind.name} cannot be at {place!r}, only at {', '.join(kind.places)}")
    if not kind.unit and value:
        raise UnknownFaultError(f"{kind.name} takes no value")
    least, most = -MOST if kind.unit == "s" else 0, 100 if kind.unit == "%" else MOST
    is_number = _NUMBER.fullmatch(value) is not None and least <= int(value) <= most
    if kind.unit not in ("", "text") and not is_number:
        raise UnknownFaultError(f"{kind.name}={value}: a number from {least} to {most} ({kind.unit}) is expected")
    return Fault(kind, value, place, int(found["times"] or 0))


def listed() -> str:
    """Return all kinds as lines for people."""
    shown = {f"{kind.name}={kind.usual}" if kind.unit else kind.name: kind for kind in KINDS.values()}
    width = max(map(len, shown))
    return "\n".join(f"  {name:<{width}}  {kind.unit and f'{kind.unit}: '}{kind.does}" for name, kind in shown.items())


def _is_at(place: str, host: str) -> bool:
    return host == place or host.startswith(f"{place}-")


class FaultController:
    """Asked at each chance to go wrong, from the event loop and from the threads of the file server."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._lock = threading.Lock()
        self.happened: Counter[Fault] = Counter()
        """How often each fault has happened since it is on."""
        self.calls = 0
        """Calls that `is_call_after` has counted."""
        self.on = tuple(faults)
        """The faults that are on, in the order they were given."""

    def find(self, name: str, place: str) -> Fault | None:
        """Return the fault of this name that is on at a place; it does not count as happening."""
        return next((fault for fault in self.on if fault.kind.name == name and fault.meets(place)), None)

    def trigger(self, name: str, place: str, when: Callable[[Fault], bool] = lambda _: True) -> Fault | None:
        """Let a fault happen if it is on at a place and `when` says so; after the last of its times it ends."""
        if not self.on:
            return None
        with self._lock:
            fault = self.find(name, place)
            if fault is None or not when(fault):
                return None
            self.happened[fault] += 1
            if self.happened[fault] == fault.times:
                self.on = tuple(other for other in self.on if other is not fault)
            return fault

    def is_call_after(self, fault: Fault) -> bool:
        """Count a call, and return whether there were as many as the fault's value since it is on."""
        self.calls += 1
        return self.calls > fault.number
