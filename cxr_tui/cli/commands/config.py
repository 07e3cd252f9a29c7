"""`config`: the effective settings with their sources and problems, and their JSON Schema."""

from __future__ import annotations

import json
import os
from argparse import Namespace
from collections.abc import Iterable, Mapping
from pathlib import Path

from cxr_tui.cli.exit_codes import Exit
from cxr_tui.cli.output import print_data, print_diagnostic, print_json
from cxr_tui.cli.run import settings_of
from cxr_tui.config.loader import Loaded, load, unknown_name
from cxr_tui.config.schema import schema
from cxr_tui.config.settings import CONFIG_VARIABLE, SETTINGS, SettingValue
from cxr_tui.domain.text import visible

PREFIX = "CXR_TUI_"


def config(args: Namespace) -> Exit:
    """Print the settings, their problems, or their schema."""
    if args.act == "schema":
        print_data(json.dumps(schema(), indent=2))
        return Exit.OK
    environment = dict(os.environ)
    if args.file:
        environment[CONFIG_VARIABLE] = args.file
    loaded = load(environment, settings_of(args))
    problems = [*loaded.problems, *_keys(loaded), *_strange_variables(environment)]
    if args.file and not Path(args.file).is_file():
        problems.append(f"{args.file}: not a file")
    if args.act == "validate":
        return _validate(args, loaded, problems)
    if args.json:
        print_json(
            {
                "file": str(loaded.file),
                "settings": {name: {"value": one.value, "source": one.source} for name, one in loaded.values.items()},
                "problems": problems,
                "ok": not problems,
            }
        )
    else:
        there = "" if loaded.file.exists() else " (not found)"
        print_data(f"configuration file: {loaded.file}{there}")
        for setting in SETTINGS:
            one = loaded.values[setting.name]
            print_data(f"{setting.name} = {_toml(one.value)}")
            print_data(f"    {setting.meaning}")
            print_data(f"    from: {one.source}{_set_by(setting.variable, setting.option)}")
    for problem in problems:
        print_diagnostic(problem)
    return Exit.PROBLEM if problems else Exit.OK


def _validate(args: Namespace, loaded: Loaded, problems: list[str]) -> Exit:
    if args.json:
        print_json({"file": str(loaded.file), "problems": problems, "ok": not problems})
    elif problems:
        print_data("\n".join(problems))
    else:
        print_data(f"{loaded.file}: {'in order' if loaded.file.exists() else 'not found, so the defaults apply'}")
    return Exit.PROBLEM if problems else Exit.OK


def _set_by(variable: str, option: str) -> str:
    ways = [f"environment {variable}" if variable else "", option]
    told = " or ".join(way for way in ways if way)
    return f"; also set by {told}" if told else ""


def _toml(value: SettingValue) -> str:
    """Return a value as TOML."""
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
    """Return the problems of the keymap; only the full screen knows its actions."""
    if not loaded.settings.keymap:
        return ()
    from cxr_tui.tui.actions.keymap import keymap_from

    return (f"{loaded.values['keymap'].source}: {told}" for told in keymap_from(loaded.settings.keymap).complaints)


def _strange_variables(environment: Mapping[str, str]) -> list[str]:
    """Report unknown variables with our prefix: a misspelled one would have no effect unnoticed."""
    known = (CONFIG_VARIABLE, *(one.variable for one in SETTINGS if one.variable))
    strange = [name for name in sorted(environment) if name.startswith(PREFIX) and name not in known]
    return [f"environment {unknown_name(name, known, 'variable of this program')}" for name in strange]
