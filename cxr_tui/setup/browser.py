"""Opening a product's page in the browser: only addresses that the guide itself names."""

from __future__ import annotations

import os
import sys
import threading
import webbrowser
from collections.abc import Iterable
from urllib.parse import urlsplit

from cxr_tui.model.foreign import visible
from cxr_tui.model.values import Value
from cxr_tui.model.visit import Site
from cxr_tui.setup.contract import SetupView

SUPPORT_URL = "https://support.oracle.com/"
"""My Oracle Support; the one address that no answer holds."""

RESPONSYS_URL_STEP = "integration-settings"
"""The step whose instruction names the Responsys login address."""


def links(setup: SetupView, step_id: str) -> tuple[str, ...]:
    """Return the addresses that help at a step: those it names, and those of the sites that it visits."""
    step_ids = [step.id for step in setup.guide.steps]
    found = _urls_of(setup, step_id)
    sites = {visit.site for visit in setup.visits(step_id)}
    if Site.RESPONSYS in sites and RESPONSYS_URL_STEP in step_ids:
        found += _urls_of(setup, RESPONSYS_URL_STEP)
    if Site.SUPPORT in sites:
        found.append(SUPPORT_URL)
    return tuple(dict.fromkeys(found))


def _urls_of(setup: SetupView, step_id: str) -> list[str]:
    held: list[object] = [entry for visit in setup.visits(step_id) for entry in visit.entries.values()]
    held += [view.value for view in setup.form(step_id) if view.source == "carried"]
    return [text for text in _texts(held) if is_web(text)]


def _texts(values: Iterable[object]) -> list[str]:
    return [value for value in values if isinstance(value, str)]


def is_web(text: Value) -> bool:
    """Say whether a text is an address that a browser may be given: http or https, with a host, no blank or control."""
    if not isinstance(text, str) or visible(text) != text or any(char.isspace() for char in text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc


def obstacle() -> str:
    """Say why no browser can open here; empty: nothing stands in the way."""
    if os.environ.get("SSH_CONNECTION"):
        return "Over SSH the browser is on the other computer"
    if sys.platform not in ("win32", "darwin") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return "No display here, so no browser opens"
    return ""


def open_page(url: str) -> str:
    """Hand an address to the browser, and say so or what stands in the way; the address first, for it is needed then.

    In a thread of its own: some browsers keep the caller waiting until they close.
    """
    hindered = obstacle()
    if hindered:
        return f"{url}   {hindered}"
    threading.Thread(target=webbrowser.open, args=(url,), daemon=True, name="browser").start()
    return f"Opening {url}"
