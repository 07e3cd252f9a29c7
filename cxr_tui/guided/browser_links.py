"""Opening a product's page in the browser: only addresses that the guide names or the person has entered."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.instruction import Site, Visit
from cxr_tui.domain.text import visible
from cxr_tui.guide.forms.login_hosts import browser_url, login_url

SUPPORT_URL = "https://support.oracle.com/"
"""My Oracle Support; the one address that no answer holds."""


@dataclass(frozen=True)
class Page:
    """A page that helps at a step: its address, or where that is not known, what is missing."""

    product: str
    url: str
    missing: str = ""


def pages(visits: Sequence[Visit], known: Known) -> tuple[Page, ...]:
    """Return the pages of the products that an instruction visits, in its order.

    The REST host is never among them: a person can do nothing there.
    """
    responsys = browser_url(known.text("account.url") or login_url(known))
    entered = known.text("account.audience_page")
    audience = entered if is_web(entered) else ""
    no_responsys = "The address of Responsys in the browser is known for the pods only (step 1, Login host)"
    no_audience = "The address of CX Audience is not entered (step 1, CX Audience in the browser)"
    found = {
        Site.RESPONSYS: Page("Responsys", responsys, "" if responsys else no_responsys),
        Site.AUDIENCE: Page("CX Audience", audience, "" if audience else no_audience),
        Site.SUPPORT: Page("My Oracle Support", SUPPORT_URL),
    }
    return tuple(found[site] for site in dict.fromkeys(visit.site for visit in visits) if site in found)


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
    """Return why no browser can open here; empty where one can."""
    if os.environ.get("SSH_CONNECTION"):
        return "No browser can be opened over SSH"
    if sys.platform not in ("win32", "darwin") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return "No browser can be opened here"
    return ""


def open_page(page: Page) -> str:
    """Hand an address to the browser; return a short sentence on it, or why it is not possible.

    In a separate thread: some browsers keep the caller waiting until they close.
    """
    if page.missing:
        return page.missing
    hindered = obstacle()
    if hindered:
        return f"{hindered}. Address: {page.url}"
    import webbrowser  # loaded where a page is opened

    threading.Thread(target=webbrowser.open, args=(page.url,), daemon=True, name="browser").start()
    return f"Opening {page.url}"
