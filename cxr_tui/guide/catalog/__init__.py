"""The messages of outside systems that the program can explain."""

from __future__ import annotations

from cxr_tui.guide.catalog.api import API
from cxr_tui.guide.catalog.explanation import Message
from cxr_tui.guide.catalog.network import NETWORK
from cxr_tui.guide.catalog.openpgp import OPENPGP
from cxr_tui.guide.catalog.pages import PAGES
from cxr_tui.guide.catalog.ssh import SSH
from cxr_tui.guide.catalog.store import STORE

MESSAGES: tuple[Message, ...] = (*PAGES, *API, *SSH, *OPENPGP, *NETWORK, *STORE)
"""Every message that is documented or observed; what is not among them is not known."""
