"""The terminal's input: any bytes, since a terminal that is not set to UTF-8 sends them too."""

from __future__ import annotations

import os
import selectors
from codecs import getincrementaldecoder
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.driver import Driver

MOST_BYTES = 4096
"""Bytes per read."""


def driver_class() -> type[Driver] | None:
    """Return the driver to use, None for Textual's own: on Windows input comes as characters."""
    if os.name == "nt":
        return None
    # Textual has no public parser of input.
    from textual._xterm_parser import XTermParser
    from textual.drivers.linux_driver import LinuxDriver

    class TerminalDriver(LinuxDriver):
        """Textual's driver, except that it replaces bytes that are not UTF-8 and passes errors to the app.

        Textual decodes strictly: one byte of another encoding ends the reading thread, and with it the wizard, without
        a report and with exit code 0. `test_textual_workarounds.py` fails once that is no longer so.
        """

        def run_input_thread(self) -> None:
            """Read until the app ends; where the terminal is gone, end the app."""
            try:
                self._read()
            except OSError:
                self._app.call_later(self._app.exit)
            except Exception as error:  # noqa: BLE001 - raised again, where the app reports it
                self._app.call_later(_raise, error)

        def _read(self) -> None:
            parser = XTermParser(self._debug)
            decode = getincrementaldecoder("utf-8")("replace").decode
            with selectors.SelectSelector() as selector:
                selector.register(self.fileno, selectors.EVENT_READ)
                while not self.exit_event.is_set():
                    if selector.select(0.1):
                        data = os.read(self.fileno, MOST_BYTES)
                        if not data:
                            raise OSError("the terminal is gone")
                        for event in parser.feed(decode(data)):
                            self.process_message(event)
                    for event in parser.tick():
                        self.process_message(event)

    return TerminalDriver


def _raise(error: Exception) -> None:
    raise error
