"""The JSON Schema of the configuration file, for editors that check TOML."""

from __future__ import annotations

from typing import Any

from cxr_tui.config.settings import SETTINGS, Setting

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TYPES = {str: "string", bool: "boolean", int: "integer", dict: "object"}


def schema() -> dict[str, Any]:
    """Return the schema; like the program, it refuses unknown keys."""
    return {
        "$schema": DIALECT,
        "title": "cxr-tui configuration",
        "type": "object",
        "properties": {one.name: _property(one) for one in SETTINGS},
        "additionalProperties": False,
    }


def _property(setting: Setting) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "description": setting.meaning,
        "type": _TYPES[setting.kind],
        "default": setting.default,
    }
    if setting.choices:
        schema["enum"] = list(setting.choices)
    if setting.pattern:
        schema["pattern"] = f"^(?:{setting.pattern})$"
    if setting.bounds:
        schema["minimum"], schema["maximum"] = setting.bounds
    if setting.kind is dict:
        schema["additionalProperties"] = {"type": "string"}
    return schema
