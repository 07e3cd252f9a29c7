"""Settings and the command line brought together: what an option leaves open, the settings say."""

from __future__ import annotations

from argparse import Namespace

from cxr_tui.config.loader import Loaded, load
from cxr_tui.config.settings import SettingValue

AS_SET = 0
"""Stands for `--watch` without a number: as often as the settings say."""


def settle(args: Namespace) -> Loaded:
    """Load the settings, let options override them, and fill in what the options left open."""
    loaded = load(told=told_by(args))
    settings = loaded.settings
    args.settings = settings
    source = loaded.values["integration"].source
    args.integration_source = "" if source == "default" else source
    args.plain_source = loaded.values["plain"].source
    args.integration = settings.integration
    args.people = settings.people
    if getattr(args, "watch", None) is not None:
        args.watch = settings.watch_seconds
    return loaded


def told_by(args: Namespace) -> dict[str, SettingValue]:
    """Return the settings that the command line names."""
    told: dict[str, SettingValue] = {
        name: value for name in ("integration", "people", "plain") if (value := getattr(args, name, None)) is not None
    }
    if getattr(args, "watch", None):
        told["watch_seconds"] = args.watch
    return told
