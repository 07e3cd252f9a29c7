"""The table of settings: type, default, environment variable and meaning of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeAlias

SettingValue: TypeAlias = str | bool | int | dict[str, str]

INTEGRATION_NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
"""The names that an integration may have, as a regular expression."""

THEMES = ("dark", "light", "high-contrast")


@dataclass(frozen=True)
class Setting:
    """A setting in file, environment and documentation."""

    name: str
    """Key in the file, and attribute of `Settings`."""
    default: SettingValue
    meaning: str
    variable: str = ""
    """Environment variable; empty: only the file sets it."""
    option: str = ""
    """Command line option that overrides it, if any."""
    choices: tuple[str, ...] = ()
    pattern: str = ""
    """Regular expression that the whole text must match."""
    says: str = ""
    """The pattern in words."""
    bounds: tuple[int, int] | None = None
    """Smallest and largest number."""

    @property
    def kind(self) -> type:
        """The exact type of a value: a truth value is not a number here."""
        return type(self.default)


def _setting(default: SettingValue, meaning: str, variable: str = "", option: str = "", **more: object) -> Any:  # noqa: ANN401 - as `field`
    about = {"default": default, "meaning": meaning, "variable": variable, "option": option, **more}
    return field(default_factory=lambda: default, metadata=about)


@dataclass(frozen=True)
class Settings:
    """The settings, loaded once at the start."""

    integration: str = _setting(
        "default",
        "The integration if none is named",
        "CXR_TUI_INTEGRATION",
        "-i, --integration",
        pattern=INTEGRATION_NAME,
        says="up to 64 letters, digits, dots, hyphens and underscores, beginning with a letter or digit",
    )
    home: str = _setting("", "Folder for journals; empty: the platform's data directory", "CXR_TUI_HOME")
    plain: bool = _setting(False, "Plain questions and answers instead of the full screen", "CXR_TUI_PLAIN", "--plain")
    theme: str = _setting("dark", "Colors of the full screen", "CXR_TUI_THEME", choices=THEMES)
    keymap: Mapping[str, str] = _setting({}, "Keys for actions: a table of action id to keys, separated by commas")
    """As Textual's `set_keymap` takes them, such as `{"wizard.check": "f5,ctrl+k"}`."""
    watch_seconds: int = _setting(
        60,
        "Pause between two checks of status --watch, seconds",
        "CXR_TUI_WATCH_SECONDS",
        "status --watch SECONDS",
        bounds=(1, 86_400),
    )
    clipboard_seconds: int = _setting(
        45,
        "How long a copied secret stays on the clipboard, seconds",
        "CXR_TUI_CLIPBOARD_SECONDS",
        bounds=(1, 600),
    )
    people: int = _setting(
        5000, "Number of people in a sandbox's list", "CXR_TUI_PEOPLE", "--people", bounds=(1, 1_000_000)
    )


SETTINGS = tuple(Setting(one.name, **one.metadata) for one in fields(Settings))

CONFIG_VARIABLE = "CXR_TUI_CONFIG"
"""Environment variable that names another configuration file."""

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TYPES = {str: "string", bool: "boolean", int: "integer", dict: "object"}


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the configuration file, for editors; like the program, it refuses unknown keys."""
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
