"""Words and patterns of the style page that must not come back, in every text of the package and its tests.

Looked at: string literals, docstrings and comments of Python files, Markdown, templates and TOML. Quotations of what a
product shows may need such a word; `ALLOWED` has each of them with its reason.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

from support.paths import PACKAGE, ROOT, TESTS

README_LINES = 120

PATTERNS = {
    r"\banew\b": "again",
    r"\bwhoever\b|\bwhom\b": "name the person or the program",
    r"\bsomebody\b|\bnobody\b(?! can )": "a person, no one, or the name of the program",
    r"\bin force\b": "active, in use",
    r"\bby itself\b": "automatically",
    r"\blies (there|in|beside|under|at)\b|\blie (there|in|beside)\b": "is, is stored",
    r"\bstands? (there|in|beside|under|at|for itself)\b": "is, is shown",
    r"(?<!there )\b(is|are) (?-i:none)\b": "there is no ...",
    r"\b(mend|mended|mends|mending)\b": "fix",
    r"\btold apart\b|\btell apart\b": "distinguish",
    r"\bholds? good\b": "is valid",
    r"\bof its own\b|\bof their own\b": "its own ..., or an adjective",
    r"\bput (it )?right\b|\bputs? right\b": "fix",
    r"\bread (this|it) off\b": "copy from, enter what ... shows",
    r"\bat hand\b": "available",
    r"\bin one go\b": "at once",
    r"\bas good as\b|\ball the same\b": "still, nevertheless",
    r"\bsee to\b": "check, fix",
    r"\bis to be (?!found)\w+": "must be",
    r"\bon the way there\b": "in between",
    r"\bgive(s|n)? (one's |your |a |the )?word\b|\bperson's word\b": "confirm",
    r"\bwhereupon\b|\bthereby\b|\bwherein\b|\btherein\b|\bhitherto\b": "plain words",
}
ALLOWED = {
    'f"{ID}.mended"': "journals have this key",
    '"mended"': "journals have this key",
}
"""A line's exact text, and why its word stays."""
_TEXTS = (".md", ".j2", ".toml", ".txt", ".tcss")


def texts_of(path: Path) -> Iterator[tuple[int, str]]:
    """Yield number and text of every line that a person reads: strings, docstrings and comments."""
    if path.suffix != ".py":
        yield from enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        return
    kinds = {tokenize.STRING, tokenize.COMMENT, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}
    for token in tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline):
        if token.type in kinds:
            for number, line in enumerate(token.string.splitlines()):
                yield token.start[0] + number, line


def files() -> list[Path]:
    found = [path for path in PACKAGE.rglob("*") if path.suffix in (".py", *_TEXTS)]
    return sorted([*found, ROOT / "README.md", *TESTS.glob("support/**/*.py")])


def test_the_old_voice_does_not_come_back() -> None:
    patterns = {re.compile(pattern, re.IGNORECASE): better for pattern, better in PATTERNS.items()}
    looked_at = 0
    seen = []
    for path in files():
        lines = list(texts_of(path))
        looked_at += len(lines)
        whole = "\n".join(line for _, line in lines)
        for pattern, better in patterns.items():
            if pattern.search(whole):  # most texts have none, so a file is searched at once and its lines only then
                for number, line in lines:
                    if pattern.search(line) and line.strip() not in ALLOWED:
                        seen.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()}; write instead: {better}")
    assert looked_at > 10_000
    assert seen == []


def test_the_readme_can_be_read_in_ten_minutes() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= README_LINES
