"""A secret shows itself in no form of printing, copying, comparing or failing, and everything printed is masked."""

from __future__ import annotations

import asyncio
import copy
import gc
import html
import json
import logging
import pickle
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxr_tui.domain.secret import MASK, Secret, live_secrets
from cxr_tui.gateways.keyring.credentials import KeyringCredentials
from cxr_tui.security.exception_hooks import redacted_record
from cxr_tui.security.redaction import SHORTEST, redact, redact_answer, redact_document, redact_report
from support.memory_keyring import Memory

CANARY = "Canary-7f3a \"quoted\" & 'ünd' <b> 100%\\"


@dataclass(frozen=True)
class Login:
    user: str
    password: Secret


@pytest.mark.parametrize(
    "shown",
    [
        repr,
        str,
        ascii,
        "{}".format,
        "{:>40}".format,
        "{!r:^9}".format,
        lambda secret: "%s %r" % (secret, secret),  # noqa: UP031 - the old form is what is tried
        lambda secret: f"{secret} {secret!r} {secret=!s} {[secret]} { {'x': secret} }",
        lambda secret: f"{Login('u', secret)} {asdict(Login('u', secret))}",
        lambda secret: str(ValueError(secret)) + repr(KeyError(secret)),
        lambda secret: json.dumps({"a": secret}, default=str),
        lambda secret: " ".join(dir(secret)) + repr(getattr(secret, "__dict__", "")),
        lambda secret: repr(copy.copy(secret)) + repr(copy.deepcopy([secret])),
    ],
)
def test_a_secret_shows_itself_nowhere(shown: Callable[[object], str]) -> None:
    text = shown(Secret(CANARY))
    assert CANARY not in text
    assert json.dumps(CANARY)[1:-1] not in text
    assert "Canary" not in text


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_secret_is_never_pickled(protocol: int) -> None:
    with pytest.raises(TypeError, match="never pickled"):
        pickle.dumps(Secret(CANARY), protocol)
    with pytest.raises(TypeError):
        json.dumps(Secret(CANARY))


def test_a_secret_is_neither_changed_nor_ordered_nor_taken_apart() -> None:
    secret = Secret(CANARY)
    with pytest.raises(AttributeError):
        secret._text = "other"
    wrongs: list[Callable[[Any], object]] = [
        lambda one: one < one,
        len,
        list,
        lambda one: one + "x",
        lambda one: one[0],
    ]
    for wrong in wrongs:
        with pytest.raises(TypeError) as caught:
            wrong(secret)
        assert "Canary" not in str(caught.value)
    assert secret.reveal() == CANARY


def test_secrets_are_equal_by_their_text_and_tell_nothing_by_their_hash() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert hash(Secret("a")) == hash(Secret("b"))
    assert Secret("\udcff") == Secret("\udcff"), "what no encoding holds is compared all the same"
    assert copy.deepcopy(Login("u", Secret("a"))) == Login("u", Secret("a"))


def test_a_traceback_with_locals_holds_no_secret() -> None:
    def fails(password: Secret) -> None:
        held = [password]
        raise ValueError(held, password)

    try:
        fails(Secret(CANARY))
    except ValueError as error:
        told = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert "Canary" not in told
    assert MASK in told


def test_a_secret_is_known_for_as_long_as_it_lives() -> None:
    secret = Secret("known-while-alive-1")
    assert redact("x known-while-alive-1 y") == f"x {MASK} y"
    assert any(one is secret for one in live_secrets())
    del secret
    gc.collect()
    assert redact("x known-while-alive-1 y") == "x known-while-alive-1 y"


def test_what_went_through_the_credentials_is_masked_while_they_are_open_and_forgotten_with_them() -> None:
    async def put_and_get() -> KeyringCredentials:
        credentials = KeyringCredentials("acme", Memory(), "test memory")
        await credentials.put("password", Secret("put-through-2"))
        await credentials.get("password")
        return credentials

    credentials = asyncio.run(put_and_get())
    gc.collect()
    assert redact("put-through-2") == MASK
    del credentials
    gc.collect()
    assert redact("put-through-2") == "put-through-2"


def test_an_answer_may_hold_a_word_that_is_also_a_short_passphrase() -> None:
    short, long = Secret("acme"), Secret("acme-and-more")
    assert redact_answer("/home/acme/key") == "/home/acme/key"
    assert redact_answer(["acme-and-more"]) == [MASK]
    assert short != long


@pytest.mark.parametrize(
    "written",
    [str, repr, json.dumps, quote_plus, html.escape, lambda text: json.dumps(text, ensure_ascii=False)],
)
def test_a_secret_is_masked_in_whatever_form_it_is_written(written: Callable[[str], str]) -> None:
    secret = Secret(CANARY)
    told = redact(f"before {written(secret.reveal())} after")
    assert "Canary" not in told
    assert MASK in told


def test_the_longest_goes_first_so_that_no_rest_of_it_is_left() -> None:
    short, long = Secret("overlap"), Secret("overlap-and-more")
    assert redact("overlap-and-more overlap") == f"{MASK} {MASK}"
    assert short != long


def test_what_is_too_short_to_be_told_from_a_word_is_left() -> None:
    secret = Secret("abc")
    assert len(secret.reveal()) < SHORTEST
    assert redact("an abc") == "an abc"


@given(st.text(min_size=SHORTEST), st.text(), st.text())
def test_no_text_around_it_saves_a_secret(text: str, before: str, after: str) -> None:
    secret = Secret(text)
    told = redact(before + text + after)
    if text not in MASK and text not in before + MASK + after:
        assert secret.reveal() not in told


def test_a_document_is_masked_in_its_texts_and_keeps_its_shape() -> None:
    secret = Secret(CANARY)
    document = {"seen": f"the server said {CANARY}", "n": 1, "list": ["x", CANARY], "ok": True, CANARY: None}
    masked = redact_document(document)
    assert masked == {"seen": f"the server said {MASK}", "n": 1, "list": ["x", MASK], "ok": True, MASK: None}
    clean = {"a": [1, "b"]}
    assert redact_document(clean) is clean
    assert secret


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("password=hunter22", f"password={MASK}"),
        ("'password': 'hun ter22', 'user': 'jane'", f"'password': {MASK}, 'user': 'jane'"),
        ('{"authToken": "abc.def", "n": 1}', f'{{"authToken": {MASK}, "n": 1}}'),
        ("Authorization: Bearer abc.def", f"Authorization: {MASK}"),
        ("API_KEY = abc, next", f"API_KEY = {MASK}, next"),
        ("client-secret: abc)", f"client-secret: {MASK})"),
        ("passphrase_file: x", f"passphrase_file: {MASK}"),
        ("the password is wrong", "the password is wrong"),
        ("https://jane:hunter22@proxy.example:80/x", f"https://jane:{MASK}@proxy.example:80/x"),
    ],
)
def test_what_stands_behind_a_name_that_sounds_secret_is_masked_in_reports(text: str, expected: str) -> None:
    assert redact_report(text) == expected


def test_logging_masks_at_its_root_whatever_handler_writes(caplog: pytest.LogCaptureFixture) -> None:
    secret = Secret(CANARY)
    before = logging.getLogRecordFactory()
    logging.setLogRecordFactory(redacted_record)
    try:
        with caplog.at_level(logging.DEBUG):
            log = logging.getLogger("httpcore.test")
            log.debug("sent %r to %s", {"password": secret.reveal()}, "host")
            log.debug("wrong %d format", secret.reveal())
            try:
                raise ValueError(secret.reveal())
            except ValueError:
                log.exception("failed")
    finally:
        logging.setLogRecordFactory(before)
    assert "Canary" not in caplog.text
    assert "".join(str(vars(record)) for record in caplog.records).count("Canary") == 0
    assert "failed" in caplog.text
    assert "ValueError" in caplog.text
