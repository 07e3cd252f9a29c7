"""`cxr-tui preflight` as a whole program: without any integration, and in a sandbox."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from support.gpg_keys import gpg_bench
from support.processes.cli_process import sandbox_up
from support.processes.preloaded_python import cxr_tui
from support.reference_reader import write

HEADER = ["RIID_", "CUSTOMER_ID_", "EMAIL_ADDRESS_", "TIER", "POINTS"]
GOOD = [["1", "C1", "anna@example.com", "Gold", "1"], ["2", "C2", "bert@example.com", "Blue", "2"]]
FIELDS = {
    "name": "CUSTOMER_PROFILES",
    "folderName": "Lists",
    "fields": [
        {"fieldName": name, "fieldType": kind}
        for name, kind in (
            ("RIID_", "INTEGER"),
            ("CUSTOMER_ID_", "STR255"),
            ("EMAIL_ADDRESS_", "STR500"),
            ("TIER", "STR25"),
            ("POINTS", "INTEGER"),
        )
    ],
}
COUNT = {"type": "integer", "minimum": 0}
LINES = {"type": "array", "items": {"type": "integer", "minimum": 1}, "maxItems": 10}
CONTRACT: dict[str, Any] = {
    "type": "object",
    "required": ["schema", "rows", "accepted", "rejected", "reasons", "match", "columns", "bytes", "seconds"],
    "properties": {
        "schema": {"const": 1},
        "rows": COUNT,
        "accepted": COUNT,
        "rejected": COUNT,
        "bytes": COUNT,
        "seconds": {"type": "number"},
        "reasons": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["rows", "column", "lines"],
                "properties": {"rows": COUNT, "column": {"type": ["string", "null"]}, "lines": LINES},
            },
        },
        "match": {
            "type": "object",
            "required": ["column", "empty", "distinct", "duplicate_rows"],
            "properties": {"column": {"type": "string"}, "empty": COUNT, "distinct": COUNT, "duplicate_rows": COUNT},
        },
        "columns": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "type", "filled", "carried", "why"],
                "properties": {"filled": COUNT, "carried": {"type": "boolean"}},
            },
        },
    },
}
"""What scripts rely on."""


def put(path: Path, rows: list[list[str]], delimiter: str = ",", enclosure: str = "", charset: str = "utf-8") -> str:
    path.write_bytes(write(rows, delimiter=delimiter, enclosure=enclosure, charset=charset))
    return str(path)


def test_a_file_in_order_ends_with_0_and_the_documented_json(tmp_path: Path) -> None:
    ended = cxr_tui("preflight", put(tmp_path / "f.csv", [HEADER, *GOOD]), "--json", home=tmp_path / "home")
    assert ended.code == 0, ended.err
    jsonschema.validate(ended.document, CONTRACT)
    assert (ended.document["rows"], ended.document["accepted"], ended.document["ok"]) == (2, 2, True)
    assert not (tmp_path / "home").exists()  # nothing is set up by looking


def test_rejected_records_end_with_1_and_show_no_value(tmp_path: Path) -> None:
    rows = [HEADER, *GOOD, ["3", "C3", "Secret.Person", "Gold", "x"]]
    columns = tmp_path / "columns.json"
    columns.write_text(json.dumps(FIELDS))
    options = (put(tmp_path / "f.csv", rows), "--columns", str(columns), "--match", "CUSTOMER_ID_")
    ended = cxr_tui("preflight", *options, "--json", home=tmp_path)
    assert ended.code == 1
    jsonschema.validate(ended.document, CONTRACT)
    [(code, reason)] = ended.document["reasons"].items()
    assert (code, reason["rows"], reason["column"], reason["lines"]) == ("type-format", 1, "POINTS", [4])
    shown = cxr_tui("preflight", *options, home=tmp_path)
    assert shown.code == 1
    for said in ("3 records: 2 accepted, 1 rejected", "type-format", "INVALID DATA FORMAT", "POINTS", "lines 4"):
        assert said in shown.out
    for value in ("Secret", "anna", "Person"):
        assert value not in ended.out + ended.err + shown.out + shown.err


def test_form_and_mapping_are_options(tmp_path: Path) -> None:
    rows = [["Nummer", "Mail"], ["C1", "größe;x@example.com"], ["C2", "b@example.com"]]
    file = put(tmp_path / "f.csv", rows, ";", '"', "cp1252")
    form = ("--delimiter", "Semicolon", "--enclosure", '"', "--charset", "Windows-1252")
    mapping = '{"Nummer": "CUSTOMER_ID_", "Mail": "EMAIL_ADDRESS_"}'
    ended = cxr_tui("preflight", file, *form, "--mapping", mapping, "--json", home=tmp_path)
    assert list(ended.document["reasons"]) == ["email-format"]
    (tmp_path / "map.json").write_text(mapping)
    named = ("--mapping", str(tmp_path / "map.json"), "--match", "EMAIL_ADDRESS_", "--members", "2")
    again = cxr_tui("preflight", file, *form, *named, "--json", home=tmp_path).document
    assert (again["match"]["column"], again["rows"]) == ("EMAIL_ADDRESS_", 2)
    assert "record-count" in {one["code"] for one in again["findings"]}
    headless = cxr_tui("preflight", file, *form, *named, "--no-header", "--json", home=tmp_path).document
    assert headless["rows"] == 3


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["none.csv"], "No such file"),
        ([], "Name a file"),
        (["FILE", "--delimiter", "ab"], "cannot delimit"),
        (["FILE", "--charset", "klingon"], "character set"),
        (["FILE", "--mapping", "{"], "not JSON"),
        (["FILE", "--mapping", '{"a": 1}'], "not a mapping"),
        (["FILE", "--columns", "none.json"], "No such file"),
        (["FILE", "--columns", "FILE"], "not JSON"),
        (["FILE", "--no-header"], "needs a mapping"),
        (["--rehearsal", "remove"], "no rehearsal key pair"),
    ],
)
def test_wrong_options_end_with_2_and_say_what_is_wanted(tmp_path: Path, options: list[str], said: str) -> None:
    file = put(tmp_path / "f.csv", [HEADER, *GOOD])
    ended = cxr_tui("preflight", *(one.replace("FILE", file) for one in options), home=tmp_path)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err


def test_a_file_server_that_is_not_set_up_ends_with_3(tmp_path: Path) -> None:
    ended = cxr_tui("preflight", "sftp:download/CUSTOMERS.csv.gpg", home=tmp_path)
    assert (ended.code, ended.out) == (3, "")
    assert "no file server" in ended.err


def test_an_encrypted_file_with_a_key_and_a_passphrase_from_standard_input(tmp_path: Path) -> None:
    with gpg_bench() as bench:
        bench.add(bench.make("ours", "rsa2048", "sign"), "rsa2048")
        content = bench.encrypted(write([HEADER, *GOOD], delimiter=","), "--recipient", "ours@example.com")
        (tmp_path / "key.asc").write_bytes(bench.private("ours"))
    (tmp_path / "f.gpg").write_bytes(content)
    file, key = str(tmp_path / "f.gpg"), ("--key", str(tmp_path / "key.asc"))
    assert cxr_tui("preflight", file, *key, home=tmp_path).code == 0
    assert cxr_tui("preflight", file, *key, "--passphrase-stdin", home=tmp_path, stdin="\n").code == 0
    without = cxr_tui("preflight", file, "--json", home=tmp_path)
    assert (without.code, without.document["run"]) == (1, "unknown")
    missing = cxr_tui("preflight", file, "--key", str(tmp_path / "none.asc"), home=tmp_path)
    assert missing.code == 2
    assert "cannot be read" in missing.err


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Any]]:
    """Yield what a sandbox says of itself in which the export has run."""
    home = tmp_path_factory.mktemp("exported")
    (home / "answers.toml").write_text("")
    with sandbox_up(home / "sandbox", "--people", "60") as told:
        applied = cxr_tui(
            "--at", told["dir"], "apply", str(home / "answers.toml"), "--until", "exported-file", home=home
        )
        assert applied.code == 0, applied.err + applied.out
        yield told


@pytest.mark.sampled(0)
def test_in_a_sandbox_the_export_is_looked_at_where_it_lies(exported: Mapping[str, Any], tmp_path: Path) -> None:
    at = ("--at", str(exported["dir"]))
    file = "sftp:download/CUSTOMERS.csv.gpg"
    real = cxr_tui(*at, "preflight", file, "--json", home=tmp_path)
    assert real.code == 1
    [finding] = real.document["findings"]
    assert (finding["code"], finding["status"]) == ("not-readable-here", "unknown")
    made = cxr_tui(*at, "preflight", "--rehearsal", "make", home=tmp_path)
    assert made.code == 0, made.err
    assert "rehearsal-public.asc" in made.out
    assert "choose only this key" in made.out
    switched = cxr_tui(*at, "preflight", "--rehearsal", "switched", "--json", home=tmp_path)
    # the file is encrypted to the right key, but it was written before the pair was made
    assert (switched.code, switched.document["findings"][0]["code"]) == (1, "rehearsal-not-over")
    other = cxr_tui(*at, "preflight", file, "--json", home=tmp_path)
    assert "the given key is a different one" in other.document["findings"][0]["seen"]  # ours cannot open the real one
    public = next(Path(str(exported["dir"])).rglob("rehearsal-public.asc")).read_bytes()
    with gpg_bench() as bench:
        bench.gpg("--import", given=public)
        fingerprint = bench.gpg("--list-keys", "--with-colons").decode().split("fpr:::::::::")[1].split(":")[0]
        rows = [["RIID_", "CUSTOMER_ID_", "EMAIL_ADDRESS_"], ["1", "C1", "a@b.co"]]
        content = bench.encrypted(write(rows, delimiter=","), "--recipient", fingerprint)
    (tmp_path / "rehearsal.gpg").write_bytes(content)
    options = ("preflight", str(tmp_path / "rehearsal.gpg"), "--mapping", '{"CUSTOMER_ID_": "CUSTOMER_ID_"}')
    read = cxr_tui(*at, *options, "--json", home=tmp_path)
    assert (read.document["rows"], read.document["accepted"]) == (1, 1), read.out
    still = cxr_tui(*at, "preflight", str(tmp_path / "rehearsal.gpg"), "--rehearsal", "switched", home=tmp_path)
    assert (still.code, "rehearsal-key-in-use" in still.out) == (1, True)
    assert cxr_tui(*at, "preflight", "--rehearsal", "remove", home=tmp_path).code == 0
    assert not list(Path(str(exported["dir"])).rglob("rehearsal-*.asc"))


@pytest.mark.parametrize("address", ["jane", "jane@", "a@b@acme.example", "Jane <jane@acme.example>"])
def test_a_rehearsal_pair_is_made_for_a_plain_address_only(tmp_path: Path, address: str) -> None:
    ended = cxr_tui("preflight", "--rehearsal", "make", "--email", address, home=tmp_path)
    assert (ended.code, "jane@example.com" in ended.err) == (2, True), ended.err
