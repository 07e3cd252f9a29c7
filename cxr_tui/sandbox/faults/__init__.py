"""Faults of the way between this machine and the products: what a line, a host, a file server or a keyring does wrong.

Scenarios are mistakes of people and states of the products; faults are the weather. Any of them can be on for any
scenario, from the start or switched on and off while the sandbox runs; the product sees nothing but their effect.
"""

from cxr_tui.sandbox.faults.registry import KINDS, Fault, Kind, UnknownFaultError, listed, parse
from cxr_tui.sandbox.faults.switch import Switch

__all__ = ["KINDS", "Fault", "Kind", "Switch", "UnknownFaultError", "listed", "parse"]
