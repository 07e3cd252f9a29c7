"""Counts and time spans in words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cxr_tui.domain.text import duration


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=-5), "0 minutes"),
        (timedelta(seconds=59), "0 minutes"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(minutes=105), "1 hour 45 minutes"),
        (timedelta(hours=47, minutes=59), "47 hours 59 minutes"),
        (timedelta(days=2), "2 days"),
        (timedelta(days=3, hours=4, minutes=5), "3 days 4 hours"),
    ],
)
def test_a_time_span_is_read_in_words(span: timedelta, words: str) -> None:
    assert duration(span) == words
