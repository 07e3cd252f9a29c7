"""`config`: the effective settings with their sources and problems, and their JSON Schema."""

from __future__ import annotations

import json
import os
from argparse import Namespace
from collections.abc import Iterable

from cxr_tui.cli.exit_codes import Exit
from cxr_tui.cli.output import print_data, print_diagnostic, print_json
from cxr_tui.cli.run import settings_of
from cxr_tui.config.loader import Loaded, load, unknown_name
from cxr_tui.config.settings import CONFIG_VARIABLE, SETTINGS, SettingValue, schema
from cxr_tui.domain.text import visible

PREFIX = "CXR_TUI_"


def config(args: Namespace) -> Exit:
    """Print the settings with their problems, or their schema."""
    if args.act == "schema":
        print_data(json.dumps(schema(), indent=2))
        return Exit.OK
    loaded = load(options=settings_of(args))
    problems = [*loaded.problems, *_keys(loaded), *_strange_variables()]
    if args.json:
        print_json(
            {
                "file": str(loaded.file),
                "settings": {name: {"value": one.value, "source": one.source} for name, one in loaded.values.items()},
                "problems": problems,
                "ok": not problems,
            }
        )
        return Exit.PROBLEM if problems else Exit.OK
    print_data(f"configuration file: {loaded.file}{'' if loaded.file.exists() else ' (not found)'}")
    for setting in SETTINGS:
        one = loaded.values[setting.name]
        ways = [f"environment {setting.variable}" if setting.variable else "", setting.option]
        also = " or ".join(filter(None, ways))
        print_data(f"{setting.name} = {_toml(one.value)}")
        print_data(f"    {setting.meaning}")
        print_data(f"    from: {one.source}{f'; also set by {also}' if also else ''}")
    for problem in problems:
        print_diagnostic(problem)
    return Exit.PROBLEM if problems else Exit.OK


def _toml(value: SettingValue) -> str:
    """Return a value as TOML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)} = {json.dumps(keys)}" for name, keys in value.items()) + "}"
    return json.dumps(visible(value) if isinstance(value, str) else value, ensure_ascii=False)


def _keys(loaded: Loaded) -> Iterable[str]:
    """Return the problems of the keymap; only the full screen knows its actions."""
    if not loaded.settings.keymap:
        return ()
    from cxr_tui.tui.actions.keymap import keymap_from

    return (f"{loaded.values['keymap'].source}: {told}" for told in keymap_from(loaded.settings.keymap).complaints)


def _strange_variables() -> list[str]:
    """Report unknown variables with our prefix: a misspelled one would have no effect unnoticed."""
    known = (CONFIG_VARIABLE, *(one.variable for one in SETTINGS if one.variable))
    strange = [name for name in sorted(os.environ) if name.startswith(PREFIX) and name not in known]
    return [f"environment {unknown_name(name, known, 'variable of this program')}" for name in strange]
