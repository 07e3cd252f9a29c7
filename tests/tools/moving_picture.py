"""Joins several pictures of one terminal into one animated SVG.

Only CSS animates it, so that it also plays within `<img>`. A reader who asks for less motion sees the last picture.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_HEAD = re.compile(r'<svg class="rich-terminal" viewBox="(?P<box>[^"]+)"[^>]*>')
_STYLE = re.compile(r"<style>(?P<style>.*?)</style>", re.DOTALL)
_DEFS = re.compile(r"<defs>(?P<defs>.*?)</defs>", re.DOTALL)
_BODY = re.compile(r"</defs>(?P<body>.*)</svg>", re.DOTALL)
_ID = re.compile(r"terminal-\d+-")
_CRISP = ' shape-rendering="crispEdges"'
_LINE_CLIPS = re.compile(r'<clipPath id="[^"]*-line-\d+">.*?</clipPath>| clip-path="url\(#[^)]*-line-\d+\)"', re.DOTALL)


def moving_picture(frames: Sequence[tuple[str, float]]) -> str:
    """Return one SVG of pictures of the same size, as Rich exports them, each with the seconds that it stays."""
    whole = sum(seconds for _, seconds in frames)
    styles, defs, groups, begun = [], [], [], 0.0
    for number, (full, seconds) in enumerate(frames):
        svg = _smaller(full, number)
        styles.append(_part(_STYLE, svg) + _shown(number, begun / whole, (begun + seconds) / whole, whole))
        defs.append(_part(_DEFS, svg))
        groups.append(f'<g class="frame frame-{number}">{_part(_BODY, svg)}</g>')
        begun += seconds
    box = _part(_HEAD, frames[0][0])
    if any(_part(_HEAD, svg) != box for svg, _ in frames):
        raise ValueError("all pictures must have the same size")
    last = f".frame-{len(frames) - 1} {{ visibility: visible }}"
    still = f"@media (prefers-reduced-motion: reduce) {{ .frame {{ animation: none }} {last} }}"
    return (
        f'<svg class="rich-terminal" viewBox="{box}" xmlns="http://www.w3.org/2000/svg">\n'
        "<style>rect { shape-rendering: crispEdges } .frame { visibility: hidden }\n"
        f"{''.join(styles)}{still}</style>\n"
        f"<defs>{''.join(defs)}</defs>\n{''.join(groups)}\n</svg>\n"
    )


def _smaller(svg: str, number: int) -> str:
    """Return a picture without what all of them repeat: long ids, a clip for each line, the rendering of rectangles."""
    return re.sub(r">\s+<", "><", _LINE_CLIPS.sub("", _ID.sub(f"t{number}-", svg)).replace(_CRISP, ""))


def _part(pattern: re.Pattern[str], svg: str) -> str:
    found = pattern.search(svg)
    if found is None:
        raise ValueError(f"not a picture as Rich exports it; nothing matches {pattern.pattern}")
    return found[1]


def _shown(number: int, begins: float, ends: float, whole: float) -> str:
    """Return the rules by which one picture is shown from one share of the time to another."""
    marks = [(0.0, begins == 0.0), (begins, True), (ends, ends == 1.0)]
    steps = " ".join(f"{at:.3%} {{ visibility: {'visible' if seen else 'hidden'} }}" for at, seen in marks)
    return (
        f"@keyframes shown-{number} {{ {steps} }}\n"
        f".frame-{number} {{ animation: shown-{number} {whole:g}s step-end infinite }}\n"
    )
