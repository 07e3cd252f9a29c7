"""The configuration file as JSON Schema, made from the table of settings, for editors that check TOML."""

from __future__ import annotations

from typing import Any

from cxr_tui.config.settings import SETTINGS, Setting

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TYPES = {str: "string", bool: "boolean", int: "integer", dict: "object"}


def schema() -> dict[str, Any]:
    """Return the schema; an unknown key is refused by it as by the program."""
    return {
        "$schema": DIALECT,
        "title": "cxr-tui configuration",
        "type": "object",
        "properties": {one.name: _property(one) for one in SETTINGS},
        "additionalProperties": False,
    }


def _property(setting: Setting) -> dict[str, Any]:
    told: dict[str, Any] = {
        "description": setting.meaning,
        "type": _TYPES[setting.kind],
        "default": setting.default,
    }
    if setting.choices:
        told["enum"] = list(setting.choices)
    if setting.pattern:
        told["pattern"] = f"^(?:{setting.pattern})$"
    if setting.bounds:
        told["minimum"], told["maximum"] = setting.bounds
    if setting.kind is dict:
        told["additionalProperties"] = {"type": "string"}
    return told
