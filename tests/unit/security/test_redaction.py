"""The edges of masking: how short a secret may be, which spellings it has, and what else a caller names."""

from __future__ import annotations

import gc

import pytest

from cxr_tui.domain.secret import MASK, Secret
from cxr_tui.security import redaction
from cxr_tui.security.redaction import redact, redact_answer, redact_document, redact_report


@pytest.mark.parametrize(("text", "shown"), [("abcd", MASK), ("abc", "abc")])
def test_a_secret_is_masked_from_four_characters_on(text: str, shown: str) -> None:
    secret = Secret(text)
    assert redact(f"<{secret.reveal()}>") == f"<{shown}>"
    assert redact_document([text]) == [shown]


@pytest.mark.parametrize(("text", "shown"), [("abcdefgh", MASK), ("abcdefg", "abcdefg")])
def test_in_an_answer_a_secret_is_masked_from_eight_characters_on(text: str, shown: str) -> None:
    secret = Secret(text)
    assert redact_answer(f"<{secret.reveal()}>") == f"<{shown}>"


@pytest.mark.parametrize(("text", "shown"), [("wxyz", MASK), ("wxy", "wxy")])
def test_texts_that_a_caller_names_are_masked_too(text: str, shown: str) -> None:
    assert redact(f"<{text}>", (text,)) == f"<{shown}>"
    assert redact_report(f"<{text}>", (text,)) == f"<{shown}>"
    assert redact(f"<{text}>") == f"<{text}>"


@pytest.mark.parametrize(
    "spelling",
    [
        'a"b\\cü<\u202e d',
        r"a\"b\\c\u00fc<\u202e d",
        r"a\"b\\cü<‮ d",
        r"""a"b\\cü<\u202e d""",
        r"""a"b\\c\xc3\xbc<\xe2\x80\xae d""",
        "a%22b%5Cc%C3%BC%3C%E2%80%AE%20d",
        "a%22b%5Cc%C3%BC%3C%E2%80%AE+d",
        "a&quot;b\\cü&lt;\u202e d",
    ],
)
def test_every_spelling_of_a_secret_is_masked_whole(spelling: str) -> None:
    secret = Secret('a"b\\cü<\u202e d')
    assert redact(f"({spelling})") == f"({MASK})"
    assert secret


def test_a_document_keeps_letters_beyond_ascii_and_is_masked_in_them() -> None:
    secret = Secret("geheimübung")
    assert redact_document({"seen": "geheimübung", "other": "über"}) == {"seen": MASK, "other": "über"}
    assert secret


def test_a_password_in_a_url_is_masked_in_any_document() -> None:
    assert redact_document(["https://jane:pw@host.example/x"]) == [f"https://jane:{MASK}@host.example/x"]


def test_the_spellings_of_a_secret_are_computed_once_and_released_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    forms = redaction._forms

    def counted(text: str) -> object:
        made.append(text)
        return forms(text)

    monkeypatch.setattr(redaction, "_forms", counted)
    secret = Secret("once-and-only")
    key = id(secret)
    assert (redact("once-and-only"), redact("once-and-only")) == (MASK, MASK)
    assert made.count("once-and-only") == 1
    del secret
    gc.collect()
    assert key not in redaction._forms_made


@pytest.mark.parametrize("end", ["-----END RSA PRIVATE KEY-----", ""])
def test_a_private_key_is_masked_in_reports_also_where_it_is_cut_off(end: str) -> None:
    assert redact_report(f"x -----BEGIN RSA PRIVATE KEY-----\nMIIE\n{end}") == f"x {MASK}"
