"""Everything hostile that is known, with the codes of the findings in which it ends: the whole list in one place."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from cxr_tui.domain.errors import Flaw
from security import test_hostile_certificates as certificates
from security import test_hostile_file_server as file_server
from security import test_hostile_files as files
from security import test_hostile_http as http
from support.paths import PACKAGE

ITEMS: dict[str, tuple[str, ...]] = {
    "an endPoint that points elsewhere": ("foreign-endpoint",),
    "a redirect": ("redirected",),
    "a giant answer, or one without end": ("answer-too-large", "answer-head-too-large", "answer-endless"),
    "an answer that is packed": ("answer-encoding",),
    "an answer that is nested 100,000 deep": ("answer-too-deep",),
    "an answer that is no UTF-8, no JSON, or no number": (
        "answer-not-utf8",
        "answer-type",
        "answer-malformed",
    ),
    "a certificate at fault": (
        "certificate-expired",
        "certificate-not-yet-valid",
        "certificate-self-signed",
        "certificate-unknown-authority",
        "certificate-wrong-host",
        "certificate-weak",
        "certificate-unfit",
        "tls-too-old",
    ),
    "a changed SSH host key": ("host-key-changed",),
    "a downgraded one": ("host-key-downgraded", "ssh-too-old"),
    "file names that lead elsewhere, steer or do not end": ("file-names-strange",),
    "a listing without end": ("listing-endless",),
    "SFTP answers that are forged": ("sftp-broken",),
    "text in the place of SFTP": ("sftp-text",),
    "a login that ends without SFTP": ("sftp-key-kind", "sftp-no-keys", "sftp-second-factor", "sftp-not-offered"),
    "a key with 10,000 user ids": ("key-too-many-user-ids",),
    "a key file that is a bomb, nested, cut off or forged": (
        "key-file-too-large",
        "key-file-nested",
        "key-file-cut-off",
    ),
    "a message that is a bomb, nested, cut off or forged": ("compression-bomb", "message-nested", "file-damaged"),
    "a message to thousands": ("too-many-recipients",),
    "a table of one line, or of 100,000 columns": ("line-too-long", "too-many-columns"),
}

TRIED = {
    *(trick.code for trick in http.TRICKS),
    *certificates.SHOWN,
    *(trick.code for trick in (*file_server.LISTED, *file_server.READ)),
    *(trick.code for trick in files.KEYS),
    *(code for code, _ in files.MESSAGES.values()),
}
TRIED_BY_NAME = {
    "foreign-endpoint": http.test_an_end_point_elsewhere_is_refused,
    "redirected": http.test_a_redirect_is_said_and_never_followed,
    "tls-too-old": certificates.test_tls_before_1_2_is_not_spoken,
    "host-key-changed": file_server.test_a_changed_host_key_stops_and_a_weaker_kind_is_said,
    "host-key-downgraded": file_server.test_a_changed_host_key_stops_and_a_weaker_kind_is_said,
    "ssh-too-old": file_server.test_a_server_with_nothing_but_broken_keys_is_not_spoken_with,
    "sftp-key-kind": file_server.test_signatures_that_the_server_does_not_take_are_not_blamed_on_the_key,
    "sftp-no-keys": "test_sftp_client.py",
    "sftp-second-factor": "test_sftp_client.py",
    "sftp-not-offered": "test_sftp_client.py",
    "file-names-strange": file_server.test_strange_names_are_said_shown_safely_and_lead_nowhere,
    "line-too-long": files.test_a_line_of_a_gigabyte_on_disk_ends_the_reading,
    "too-many-columns": files.test_a_header_of_a_hundred_thousand_columns_ends_the_reading,
    "compression-bomb": "test_preflight_messages.py",
}
"""Tests that try one thing each, by its code."""


@pytest.mark.parametrize("item", ITEMS)
def test_everything_hostile_ends_in_a_code_that_a_test_meets(item: str) -> None:
    for code in ITEMS[item]:
        assert code in TRIED or code in TRIED_BY_NAME, code
        written = (path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".toml"))
        assert any(f'"{code}"' in path.read_text() for path in written), code


def test_every_flaw_is_in_the_list() -> None:
    listed = {code for codes in ITEMS.values() for code in codes}
    assert {flaw.value for flaw in Flaw} <= listed


def test_no_code_of_a_flaw_stands_for_two_things() -> None:
    listed = [code for codes in ITEMS.values() for code in codes]
    assert len(listed) == len(set(listed))
    assert len({flaw.value for flaw in Flaw}) == len(Flaw)


@pytest.mark.parametrize("module", [http, certificates, file_server, files], ids=lambda one: one.__name__)
def test_every_test_of_something_hostile_is_bounded_in_time_and_memory(module: ModuleType) -> None:
    text = Path(str(module.__file__)).read_text()
    assert "def _in_bounds() -> Iterator[None]:" in text
    assert "with bounded(seconds=30, megabytes=200):" in text


def test_the_product_writes_no_table_for_a_spreadsheet() -> None:
    """Nothing that it writes is a CSV file, so no value in one can be taken for a formula."""
    writing = ("csv.writer", "DictWriter", "write_csv", "to_csv")
    found = [
        path.relative_to(PACKAGE)
        for path in PACKAGE.rglob("*.py")
        if "sandbox" not in path.parts and any(word in path.read_text() for word in writing)
    ]
    assert found == []
