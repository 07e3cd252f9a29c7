"""Keys of the journal, put into the words of the screen."""

from __future__ import annotations

import re

from cxr_tui.guide.step import Guide

_KEY = re.compile(r"\b([a-z][a-z0-9]*(?:-[a-z0-9]+)*)\.([a-z][a-z0-9_]*)\b")


def plain_keys(guide: Guide, text: str) -> str:
    """Return a sentence with every `step.field` written as `Label (step N)`, for nobody knows the journal's keys."""

    def plain(match: re.Match[str]) -> str:
        step = next((one for one in guide.steps if one.id == match[1]), None)
        if step is None:
            return match[0]
        label = next((one.label for one in step.fields if one.name == match[2]), match[2].replace("_", " "))
        return f"{label} (step {guide.number(step.id)})"

    return _KEY.sub(plain, text)
