"""Loads the settings from defaults, file, environment and command line, with the source of every value."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxr_tui.config.settings import CONFIG_VARIABLE, SETTINGS, Setting, Settings, SettingValue
from cxr_tui.domain.text import visible
from cxr_tui.security.private_files import expanded, open_named
from cxr_tui.system.terminal import WITHOUT_SCREENS

SIZE_LIMIT = 65_536
"""Largest configuration file in bytes; a usual one has a hundredth of that."""

_KEY = re.compile(r"""\s*\[*\s*["']?([\w-]+)""")
"""A key or table at the start of a line."""
YES, NO = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})


@dataclass(frozen=True)
class Sourced:
    """A value and its source: `default`, `PATH:LINE`, `environment NAME`, `command line`."""

    value: SettingValue
    source: str


@dataclass(frozen=True)
class Loaded:
    """All settings and every problem; a wrong value has no effect."""

    settings: Settings
    values: Mapping[str, Sourced]
    problems: tuple[str, ...]
    file: Path
    """The path of the configuration file, which may not exist."""


def load(environment: Mapping[str, str] | None = None, options: Mapping[str, SettingValue] | None = None) -> Loaded:
    """Return the settings; `options` are those of the command line. Never raises: problems are returned.

    The command line overrides the environment, the environment the file, and the file the defaults.
    """
    environment = os.environ if environment is None else environment
    values = {one.name: Sourced(one.default, "default") for one in SETTINGS}
    file = config_file(environment)
    problems: list[str] = []
    for name, value, source in (*_from_file(file, problems), *_from_environment(environment)):
        setting = next((one for one in SETTINGS if one.name == name), None)
        wrong = _misfit(setting, value) if setting else unknown_name(name, tuple(values), "setting")
        if wrong:
            problems.append(f"{source}: {wrong}")
        else:
            values[name] = Sourced(value, source)
    values |= {name: Sourced(value, "command line") for name, value in (options or {}).items()}
    plain: dict[str, Any] = {name: one.value for name, one in values.items()}
    return Loaded(Settings(**plain), values, tuple(problems), file)


def config_file(environment: Mapping[str, str]) -> Path:
    """Return the path of the configuration file: `CXR_TUI_CONFIG`, else in the platform's configuration directory."""
    chosen = environment.get(CONFIG_VARIABLE)
    if chosen:
        return expanded(chosen)
    from platformdirs import user_config_path  # loaded only where it is needed: start-up stays light

    return user_config_path("cxr-tui", appauthor=False) / "config.toml"


def unknown_name(name: str, names: tuple[str, ...], what: str) -> str:
    """Return an error for a name that is not in `names`, with the nearest name or all of them."""
    from difflib import get_close_matches

    near = get_close_matches(name, names, 1)
    hint = f"did you mean {near[0]}?" if near else f"use one of {', '.join(names)}"
    return f"{visible(name, 60)} is not a {what}; {hint}"


def _from_file(file: Path, problems: list[str]) -> list[tuple[str, Any, str]]:
    """Return names, values and sources of what the file holds, right or wrong."""
    try:
        with open_named(file) as opened:
            data = opened.read(SIZE_LIMIT + 1)
    except FileNotFoundError:
        return []
    except OSError as error:
        problems.append(f"{file}: cannot be read: {error.strerror}")
        return []
    if len(data) > SIZE_LIMIT:
        problems.append(f"{file}: a configuration file has at most {SIZE_LIMIT:,} bytes")
        return []
    from cxr_tui.config.bounded_toml import NotTomlError, read_toml

    try:
        tables = read_toml(data)
    except NotTomlError as error:
        problems.append(f"{file}: is not TOML: {error}")
        return []
    at: dict[str, int] = {}
    for number, line in enumerate(data.decode().split("\n"), 1):
        if key := _KEY.match(line):
            at.setdefault(key[1], number)
    return [(name, value, f"{file}:{at.get(name, 1)}") for name, value in tables.items()]


def _from_environment(environment: Mapping[str, str]) -> Iterator[tuple[str, Any, str]]:
    """Yield names, values and sources; plain mode also by common variables for terminals without a full screen."""
    kind = environment.get("TERM")
    if environment.get("ACCESSIBLE", "").lower() in YES:
        yield "plain", True, "environment ACCESSIBLE"
    elif kind in WITHOUT_SCREENS:
        yield "plain", True, f"environment TERM={kind}"
    for setting in SETTINGS:
        text = environment.get(setting.variable) if setting.variable else None
        if text:
            yield setting.name, _read(setting, text), f"environment {setting.variable}"


def _read(setting: Setting, text: str) -> SettingValue:
    """Return the value of a text; the text itself if it is not of the setting's type."""
    if setting.kind is bool and text.lower() in YES | NO:
        return text.lower() in YES
    if setting.kind is int and text.isascii() and text.isdigit():
        return int(text)
    return text


def _misfit(setting: Setting, value: object) -> str:
    """Return the problem of a value and what would be right; empty for a valid value."""
    shown = visible(str(value), 60)
    words = {bool: "true or false", int: "a whole number", str: "text", dict: "a table of text values"}
    if type(value) is not setting.kind or (isinstance(value, dict) and not _all_texts(value)):
        return f"{setting.name} takes {words[setting.kind]}, not {shown}"
    if setting.choices and value not in setting.choices:
        return f"{setting.name}: {unknown_name(shown, setting.choices, 'choice')}"
    if setting.pattern and not re.fullmatch(setting.pattern, str(value)):
        return f"{setting.name} takes {setting.says}, not {shown}"
    if setting.name == "home" and str(expanded(str(value))).startswith("~"):
        return f"home: {shown} is not the home of a user of this system"
    if setting.bounds and isinstance(value, int) and not setting.bounds[0] <= value <= setting.bounds[1]:
        return f"{setting.name} takes a number from {setting.bounds[0]} to {setting.bounds[1]}, not {shown}"
    return ""


def _all_texts(table: Mapping[Any, object]) -> bool:
    return all(isinstance(value, str) for value in table.values())
