"""The switchboard: which faults are on now, and how often each has struck."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable

from cxr_tui.sandbox.faults.registry import Fault

Told = Callable[[], Awaitable[None]]

_LOOK_AGAIN = 0.02


class Switch:
    """Asked by every layer at each chance to go wrong, from the event loop and from the file server's threads."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._lock = threading.Lock()
        self._on = tuple(faults)
        self._left = {fault: fault.times for fault in self._on if fault.times}
        self._struck: Counter[str] = Counter()
        self._told: list[Told] = []

    @property
    def on(self) -> tuple[Fault, ...]:
        """The faults that are on, in the order they were given."""
        return self._on

    @property
    def struck(self) -> dict[str, int]:
        """How often each kind has struck, since the start."""
        with self._lock:
            return dict(self._struck)

    def tell(self, told: Told) -> None:
        """Have `told` awaited whenever other faults are on."""
        self._told.append(told)

    async def turn(self, faults: Iterable[Fault]) -> None:
        """Have these faults on, and no others; returns when the layers have taken it up."""
        with self._lock:
            self._on = tuple(faults)
            self._left = {fault: fault.times for fault in self._on if fault.times}
        for told in self._told:
            await told()

    def find(self, name: str, place: str) -> Fault | None:
        """Return the fault of this name that is on at a place, without letting it strike."""
        return next((one for one in self._on if one.kind.name == name and one.meets(place)), None)

    def strike(self, name: str, place: str) -> Fault | None:
        """Let a fault strike, if it is on at a place; one that was given a number of times goes off after the last."""
        if not self._on:
            return None
        with self._lock:
            fault = self.find(name, place)
            if fault is None:
                return None
            self._struck[name] += 1
            if fault in self._left:
                self._left[fault] -= 1
                if not self._left[fault]:
                    self._on = tuple(one for one in self._on if one is not fault)
            return fault

    def wait_while(self, name: str, place: str, ended: Callable[[], bool]) -> None:
        """Block a thread as long as a fault is on there and what waits has not ended."""
        while self.find(name, place) is not None and not ended():
            time.sleep(_LOOK_AGAIN)
