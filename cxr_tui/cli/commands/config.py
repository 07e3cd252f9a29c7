"""`config`: the settings in force with the source of each, every problem of them, and their JSON Schema."""

from __future__ import annotations

import json
import os
from argparse import Namespace
from collections.abc import Iterable, Mapping
from pathlib import Path

from cxr_tui.cli.exit_codes import Exit
from cxr_tui.cli.printing import say, say_json, tell
from cxr_tui.cli.run import settings_of
from cxr_tui.config.loader import Loaded, load, unknown_name
from cxr_tui.config.schema import schema
from cxr_tui.config.settings import CONFIG_VARIABLE, SETTINGS, SettingValue
from cxr_tui.domain.text import visible

PREFIX = "CXR_TUI_"


def config(args: Namespace) -> Exit:
    """Show the settings, name their problems, or print their schema."""
    if args.act == "schema":
        say(json.dumps(schema(), indent=2))
        return Exit.OK
    environment = dict(os.environ)
    if args.file:
        environment[CONFIG_VARIABLE] = args.file
    loaded = load(environment, settings_of(args))
    problems = [*loaded.problems, *_keys(loaded), *_strange_variables(environment)]
    if args.file and not Path(args.file).is_file():
        problems.append(f"{args.file}: is no file")
    if args.act == "validate":
        return _validate(args, loaded, problems)
    if args.json:
        say_json(
            {
                "file": str(loaded.file),
                "settings": {name: {"value": one.value, "source": one.source} for name, one in loaded.values.items()},
                "problems": problems,
                "ok": not problems,
            }
        )
    else:
        there = "" if loaded.file.exists() else " (not there)"
        say(f"configuration file: {loaded.file}{there}")
        for setting in SETTINGS:
            one = loaded.values[setting.name]
            say(f"{setting.name} = {_toml(one.value)}")
            say(f"    {setting.meaning}")
            say(f"    from: {one.source}{_set_by(setting.variable, setting.option)}")
    for problem in problems:
        tell(problem)
    return Exit.PROBLEM if problems else Exit.OK


def _validate(args: Namespace, loaded: Loaded, problems: list[str]) -> Exit:
    if args.json:
        say_json({"file": str(loaded.file), "problems": problems, "ok": not problems})
    elif problems:
        say("\n".join(problems))
    else:
        say(f"{loaded.file}: {'in order' if loaded.file.exists() else 'not there, so the defaults are in force'}")
    return Exit.PROBLEM if problems else Exit.OK


def _set_by(variable: str, option: str) -> str:
    ways = [f"environment {variable}" if variable else "", option]
    told = " or ".join(way for way in ways if way)
    return f"; also set by {told}" if told else ""


def _toml(value: SettingValue) -> str:
    """Return a value as it would stand in the file."""
    match value:
        case bool():
            return "true" if value else "false"
        case dict():
            return "{" + ", ".join(f"{json.dumps(name)} = {json.dumps(keys)}" for name, keys in value.items()) + "}"
        case str():
            return json.dumps(visible(value), ensure_ascii=False)
        case _:
            return str(value)


def _keys(loaded: Loaded) -> Iterable[str]:
    """Return what the full screen could not use of the keymap; it alone knows its actions, so it is asked."""
    if not loaded.settings.keymap:
        return ()
    from cxr_tui.tui.actions.keymap import keymap_from

    return (f"{loaded.values['keymap'].source}: {told}" for told in keymap_from(loaded.settings.keymap).complaints)


def _strange_variables(environment: Mapping[str, str]) -> list[str]:
    """Name variables that look like ours and are not: a slip of the pen has no effect, and nobody would notice."""
    known = (CONFIG_VARIABLE, *(one.variable for one in SETTINGS if one.variable))
    strange = [name for name in sorted(environment) if name.startswith(PREFIX) and name not in known]
    return [f"environment {unknown_name(name, known, 'variable of this program')}" for name in strange]
