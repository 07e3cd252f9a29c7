"""Mistakes of people and states of the products, by code, each the way it would really happen: one file per theme.

Importing the themes registers their scenarios.
"""

from cxr_tui.sandbox.scenarios import access as access
from cxr_tui.sandbox.scenarios import exports as exports
from cxr_tui.sandbox.scenarios import hostile_names as hostile_names
from cxr_tui.sandbox.scenarios import imports as imports
from cxr_tui.sandbox.scenarios import keys as keys
from cxr_tui.sandbox.scenarios import settings as settings
from cxr_tui.sandbox.scenarios.builder import known_scenarios as known_scenarios
from cxr_tui.sandbox.scenarios.builder import plant as plant
