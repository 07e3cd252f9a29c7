"""Three sets of colors with one accent each: quiet ink, quiet paper, and high contrast.

Every pair of text and ground that the styles can produce reaches WCAG AA (4.5:1); the high-contrast set reaches AAA and
is made of the sixteen colors that every color terminal has, so that nothing of it is lost where there are no more.
"""

from __future__ import annotations

from textual.theme import Theme


def _theme(
    name: str,
    *,
    dark: bool,
    texts: tuple[str, str, str],
    grounds: tuple[str, str, str, str],
    accent: tuple[str, str, str],
    states: tuple[str, str, str],
    line: str,
    veil: str,
    **more: str,
) -> Theme:
    """Return a theme.

    `texts` are foreground, muted and faint; `grounds` background, surface, panel and field; `accent` the accent, text
    on it, and the ground of the main button and of the cursor; `states` success, warning and error.
    """
    foreground, muted, faint = texts
    background, surface, panel, field = grounds
    success, warning, error = states
    own = {
        "muted": muted,
        "faint": faint,
        "line": line,
        "field": field,
        "main": accent[2],
        "on-accent": accent[1],
        "veil": veil,
        # Textual derives a cursor as bright as the accent; this one leaves the text its colors.
        "block-cursor-background": accent[2],
        "block-cursor-foreground": foreground,
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": panel,
        "input-selection-background": accent[2],
        "scrollbar": line,
        "scrollbar-background": background,
        "scrollbar-background-hover": background,
        "scrollbar-background-active": background,
    }
    return Theme(
        name=name,
        dark=dark,
        primary=accent[0],
        accent=accent[0],
        foreground=foreground,
        background=background,
        surface=surface,
        panel=panel,
        success=success,
        warning=warning,
        error=error,
        variables=own | {key.replace("_", "-"): value for key, value in more.items()},
    )


DARK = _theme(
    "cxr-dark",
    dark=True,
    texts=("#d9dde4", "#a3abb9", "#9aa2b0"),
    grounds=("#15181e", "#1b1f26", "#262c36", "#20252e"),
    accent=("#86bcd4", "#0f1318", "#1f3a47"),
    states=("#9cc270", "#e0ab68", "#ef9287"),
    line="#3a4250",
    veil="#0c0e12 65%",
)
LIGHT = _theme(
    "cxr-light",
    dark=False,
    texts=("#24282f", "#545b66", "#59616c"),
    grounds=("#fbfaf7", "#f3f1ec", "#e8e5dd", "#efece5"),
    accent=("#15617e", "#ffffff", "#cde2ea"),
    states=("#2f6624", "#7a5000", "#a32e22"),
    line="#cfcabf",
    veil="#d9d6cf 60%",
)
HIGH_CONTRAST = _theme(
    "cxr-high-contrast",
    dark=True,
    texts=("#ffffff", "#ffffff", "#ffffff"),
    grounds=("#000000", "#000000", "#0000aa", "#0000aa"),
    accent=("#55ffff", "#000000", "#0000aa"),
    states=("#55ff55", "#ffff55", "#ffaaaa"),
    line="#aaaaaa",
    veil="#000000 80%",
    block_cursor_text_style="bold",
    scrollbar_hover="#ffffff",
    input_selection_background="#aa00aa",
)

THEMES = {"dark": DARK, "light": LIGHT, "high-contrast": HIGH_CONTRAST}
"""By the name that the settings have for them, in the order in which the key goes through them."""
