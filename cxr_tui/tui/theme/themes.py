"""One look in three sets of colours: quiet ink, quiet paper, and high contrast; each has one accent.

Every pair of text and ground that the styles can produce reaches WCAG AA (4.5:1); the high-contrast set reaches AAA and
is made of the sixteen colours that every colour terminal has, so that nothing of it is lost where there are no more.
"""

from __future__ import annotations

from textual.theme import Theme

TEXTS = ("foreground", "muted", "faint", "accent", "success", "warning", "error")
"""Colours of text; the last three are for states, whose words stand beside them."""

GROUNDS = ("background", "surface", "panel", "field", "block-cursor-background")
"""What text stands on."""

DARK = Theme(
    name="cxr-dark",
    dark=True,
    primary="#86bcd4",
    secondary="#86bcd4",
    accent="#86bcd4",
    foreground="#d9dde4",
    background="#15181e",
    surface="#1b1f26",
    panel="#262c36",
    success="#9cc270",
    warning="#e0ab68",
    error="#ef9287",
    variables={
        "muted": "#a3abb9",
        "faint": "#949caa",
        "line": "#3a4250",
        "field": "#20252e",
        "main": "#1f3a47",
        "on-accent": "#0f1318",
        "veil": "#0c0e12 65%",
        "block-cursor-background": "#1f333e",
        "block-cursor-foreground": "#e6e9ee",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#262c36",
        "input-cursor-background": "#d9dde4",
        "input-cursor-foreground": "#15181e",
        "input-selection-background": "#2f5263",
        "scrollbar": "#3a4250",
        "scrollbar-hover": "#4a5464",
        "scrollbar-active": "#5a6577",
        "scrollbar-background": "#15181e",
        "scrollbar-background-hover": "#15181e",
        "scrollbar-background-active": "#15181e",
    },
)

LIGHT = Theme(
    name="cxr-light",
    dark=False,
    primary="#15617e",
    secondary="#15617e",
    accent="#15617e",
    foreground="#24282f",
    background="#fbfaf7",
    surface="#f3f1ec",
    panel="#e8e5dd",
    success="#2f6624",
    warning="#7a5000",
    error="#a32e22",
    variables={
        "muted": "#545b66",
        "faint": "#59616c",
        "line": "#cfcabf",
        "field": "#efece5",
        "main": "#cde2ea",
        "on-accent": "#ffffff",
        "veil": "#d9d6cf 60%",
        "block-cursor-background": "#d6e6ed",
        "block-cursor-foreground": "#1d2127",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#e8e5dd",
        "input-cursor-background": "#24282f",
        "input-cursor-foreground": "#fbfaf7",
        "input-selection-background": "#b5d3df",
        "scrollbar": "#c6c1b6",
        "scrollbar-hover": "#b0ab9f",
        "scrollbar-active": "#99948a",
        "scrollbar-background": "#fbfaf7",
        "scrollbar-background-hover": "#fbfaf7",
        "scrollbar-background-active": "#fbfaf7",
    },
)

HIGH_CONTRAST = Theme(
    name="cxr-high-contrast",
    dark=True,
    primary="#55ffff",
    secondary="#55ffff",
    accent="#55ffff",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#0000aa",
    success="#55ff55",
    warning="#ffff55",
    error="#ffaaaa",
    variables={
        "muted": "#ffffff",
        "faint": "#ffffff",
        "line": "#aaaaaa",
        "field": "#0000aa",
        "main": "#0000aa",
        "on-accent": "#000000",
        "veil": "#000000 80%",
        "block-cursor-background": "#0000aa",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#0000aa",
        "input-cursor-background": "#ffffff",
        "input-cursor-foreground": "#000000",
        "input-selection-background": "#aa00aa",
        "scrollbar": "#aaaaaa",
        "scrollbar-hover": "#ffffff",
        "scrollbar-active": "#ffffff",
        "scrollbar-background": "#000000",
        "scrollbar-background-hover": "#000000",
        "scrollbar-background-active": "#000000",
    },
)

THEMES = {"dark": DARK, "light": LIGHT, "high-contrast": HIGH_CONTRAST}
"""By the name that the settings have for them, in the order in which one key goes through them."""


def following(name: str) -> Theme:
    """Return the theme after the one of this (Textual) name."""
    themes = list(THEMES.values())
    at = next((at for at, theme in enumerate(themes) if theme.name == name), -1)
    return themes[(at + 1) % len(themes)]
