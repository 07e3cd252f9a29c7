"""Working ahead: what makes slabs runs in a thread of its own, a little ahead of who judges them."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator

_AHEAD = 5
"""Slabs that wait; together they hold what gpg unpacks while the engine is being loaded."""
_PATIENCE = 0.1
_END_SECONDS = 10.0


class Ahead(Iterator[bytes]):
    """Yields what an iterator of slabs yields, and raises what it raises."""

    def __init__(self, slabs: Iterator[bytes], pulse: Callable[[], None]) -> None:
        """Begin at once; `pulse` is called while nothing is there yet, and may raise."""
        self._slabs = slabs
        self._pulse = pulse
        self._ready: queue.Queue[bytes | BaseException | None] = queue.Queue(_AHEAD)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, name="preflight-read", daemon=True)
        self._thread.start()

    def __next__(self) -> bytes:
        while True:
            try:
                found = self._ready.get(timeout=_PATIENCE)
                break
            except queue.Empty:
                self._pulse()
        if isinstance(found, bytes):
            return found
        self._ready.put(found)  # whoever asks again gets the same end
        if found is None:
            raise StopIteration
        raise found

    def stop(self) -> None:
        """Have the thread end with the slab that it works on."""
        self._stopped.set()

    def join(self) -> None:
        """Wait for the thread, once what it may be blocked in has ended."""
        self._thread.join(_END_SECONDS)

    def _work(self) -> None:
        try:
            for slab in self._slabs:
                if not self._hand_over(slab):
                    return
        except BaseException as error:  # noqa: BLE001 - it belongs to who asks for the next slab
            self._hand_over(error)
        else:
            self._hand_over(None)

    def _hand_over(self, what: bytes | BaseException | None) -> bool:
        while not self._stopped.is_set():
            try:
                self._ready.put(what, timeout=_PATIENCE)
            except queue.Full:
                continue
            return True
        return False
