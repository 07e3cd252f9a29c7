"""What is fuzzed: every parser of data from outside, each as a function of bytes that may raise nothing at all.

Beyond not failing, each holds what must be true of whatever comes out: no more than what went in, and safe to show.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from cxr_tui.domain.errors import OutsideError
from cxr_tui.domain.finding import Report
from cxr_tui.domain.responsys_data import Column, ConnectRun
from cxr_tui.domain.text import utf_16_of
from cxr_tui.domain.url_policy import split
from cxr_tui.gateways.rest import response_models
from cxr_tui.gateways.rest.error_mapping import result_of
from cxr_tui.gateways.rest.http_client import HttpAnswer
from cxr_tui.gateways.rest.server_clock import ServerClock, read_date
from cxr_tui.guide.forms.validators import MOST_PORT, server_address
from cxr_tui.guide.registry import GUIDE
from cxr_tui.guided.answers_file import AnswersFileError, read_answers
from cxr_tui.preflight.import_options import FileForm, ImportOptions, ImportOptionsError, Target
from cxr_tui.preflight.reading.decode import ReadingError, line_chunks
from cxr_tui.preflight.validation.record_findings import report_records
from cxr_tui.preflight.validation.validator import FileValidator
from fuzz.fuzz_key_files import KEY_FILES
from fuzz.fuzz_target import FuzzTarget, assert_shown, joined, scratch_file
from support.preflight_files import HEADER, KINDS, MAPPING

# --- JSON answers -----------------------------------------------------------------------------------------------------

_READERS: tuple[Callable[[str], object], ...] = (
    response_models.anything,
    response_models.user_info,
    response_models.list_schemas,
    response_models.member,
    response_models.member_count,
    response_models.names,
    response_models.filters,
    response_models.organizations,
    response_models.connect_jobs,
    response_models.connect_runs,
    response_models.run_status(ConnectRun(1, None, None, 0)),
    response_models.log_lines,
    response_models.triggered_run,
    response_models.login,
)


def _json(data: bytes) -> None:
    for reader in _READERS:
        try:
            response_models.decode(data, reader, "host")
        except OutsideError as error:
            assert_shown(str(error))
    for status in (200, 302, 401, 429, 500):
        answer = HttpAnswer("https://host.example/x", status, "application/json", "//other", None, data)
        with contextlib.suppress(OutsideError):
            result_of(answer, response_models.anything, "host")


def _json_seeds() -> list[bytes]:
    token = {"authToken": "tok", "issuedAt": 1545918187627, "endPoint": "https://api5-009.responsys.net"}
    user = {"accountName": "a", "userName": "u", "userEmail": "e", "userLocale": "en", "accountDisplayName": "A",
            "accountTimeZone": "America/New_York", "createdDate": "2026-11-23"}  # fmt: skip
    lists = [{"name": "CUSTOMERS", "folderName": "L", "fields": [{"fieldName": "RIID_", "fieldType": "INTEGER"}]}]
    run = {"jobRunId": 7, "jobName": "j", "jobRunStatus": {"value": "SUCCEEDED"}, "jobStartTime": 1545918187627,
           "durationInSeconds": "12", "recordsProcessed": 5, "errrorMessage": "x"}  # fmt: skip
    return [
        json.dumps(one).encode()
        for one in (
            token,
            user,
            lists,
            {"items": lists},
            {"recordData": {"fieldNames": ["A", "B"], "records": [["1", None]]}},
            {"attributes": {"organizations": {"attributeValues": [{"name": "Root", "children": [{"name": "x"}]}]}}},
            {"items": [{"api": "x", "limit": 3, "resource_path": "/x", "verb": "GET"}]},
            [{"jobId": 1, "jobName": "j", "active": "true", "nextJobRun": "2026-01-01T00:00:00Z"}],
            [run],
            run,
            [{"logLevel": "INFO", "logMessage": "m", "logTime": 1}],
            {"type": "", "title": "t", "errorCode": "INVALID_TOKEN", "detail": "d", "errorDetails": []},
            {"a": "\ud83d\ude00", "b": 1.5e300, "c": -0.0, "d": [[[{}]]]},
        )
    ]


_NAMES = st.sampled_from(
    ["items", "name", "fields", "fieldName", "fieldType", "recordData", "fieldNames", "records", "jobId", "jobName",
     "active", "jobRunId", "jobRunStatus", "value", "jobStartTime", "durationInSeconds", "endPoint", "authToken",
     "errorCode", "detail", "children", "attributes", "organizations", "attributeValues", "limit", "folders", "api",
     "logMessage", "logLevel", "logTime", "accountName", "userName", "createdDate", "nextJobRun"]
)  # fmt: skip
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | _NAMES
    | st.sampled_from([10**39, 10**41, -1, 253402300800000, "2026-01-01T00:00:00+23:59", "9" * 19, "https://x"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES, inner, max_size=5),
    max_leaves=20,
)  # fmt: skip

# --- answers files ----------------------------------------------------------------------------------------------------


def _toml(data: bytes) -> None:
    path = scratch_file()
    path.write_bytes(data)
    try:
        for one in read_answers(path, GUIDE).values():
            json.dumps(dict(one.values))  # it can be kept
    except AnswersFileError as error:
        assert_shown(str(error))


def _toml_seeds() -> list[bytes]:
    return [
        b'[account]\naccount_name = "acme"\nlogin_host = "interact5"\nattested = true\n',
        b"[export-schedule]\ndate = 2026-03-01\ntime = 04:15:00\nevery_days = 1\n",
        b'[target-definition]\ncolumn_mapping = {A = "B", C = "D"}\n[x.y]\na = [1, 2.5, inf, 0xff, "x"]\n',
        b'[[account]]\na = """x\n\\\n y"""\nb = \'\'\'z\'\'\'\n"q\\u0041" = 1979-05-27T07:32:00-07:00\n',
        b'[role-assignment]\nroles = ["List Web Services Manager", "Table Web Services Manager"]\n# comment\r\n',
    ]


_TOML_WORDS = st.sampled_from(
    [b"[account]\n", b"[[a]]\n", b"a.b.c", b" = ", b"\n", b'"x"', b'"""', b"'''", b"{", b"}", b"[", b"]", b",", b"true",
     b"1979-05-27", b"07:32:00", b"0x", b"1_000", b"1e5", b"inf", b"account_name", b"confirmed", b"\\u0041", b".", b"#"]
)  # fmt: skip

# --- delimited text ---------------------------------------------------------------------------------------------------

_COLUMNS = tuple(Column(name, kind) for name, kind in KINDS.items())
_FORMS = tuple(
    FileForm(delimiter, enclosure, charset, header)
    for delimiter in (",", "|")
    for enclosure in ("", '"')
    for charset in ("utf-8", "cp1252", "utf-16")
    for header in (True, False)
)


def _blocks(data: bytes) -> Iterator[bytes]:
    yield from (data[at : at + 61] for at in range(0, len(data), 61))


def _cut(data: bytes) -> None:
    """Cut a text into chunks of lines, in every character set; nothing is lost, and every chunk is whole lines."""
    for charset in ("utf-8", "cp1252", "utf-16"):
        cut = list(line_chunks(_blocks(data), utf_16_of(data[:512]) or charset, 200))
        assert all(one.endswith(b"\n") and b"\r" not in one for one in cut)


def _delimited(data: bytes) -> None:
    form = _FORMS[data[0] % len(_FORMS)] if data else _FORMS[0]
    report = Report()
    target = Target(mapping=MAPPING, columns=_COLUMNS) if data[:1] < b"\x80" else Target()
    file = FileValidator(ImportOptions(form, target), report)
    with contextlib.suppress(ReadingError, ImportOptionsError):
        file.validate(line_chunks(_blocks(data[1:]), form.charset, 4096))
    if file.layout.names:
        report_records(file, file.match(), report, fails=False)
        assert 0 <= file.rejected <= file.rows
    for one in report.verified().findings:
        assert_shown(one.seen)


def _table_seeds() -> list[bytes]:
    row = b'1,C1,a@b.co,H,491701234567,DE,"Ro""me",2026-01-01 10:00:00,Anna,1,1.5'
    table = ",".join(HEADER).encode() + b"\n" + row + b"\r\n" + row + b"\n"
    return [table, b"\x05" + table, b"\x10" + table.decode().encode("utf-16"), b"\x03" + table.replace(b",", b"|"),
            b"\xef\xbb\xbf" + table]  # fmt: skip


_CELLS = st.sampled_from(
    [b",", b"|", b'"', b"\n", b"\r", b"\r\n", b"\0", b"\xff", b"\xef\xbb\xbf", b"C1", b"a@b.co", b"EMAIL_ADDRESS_",
     b" ", b"CUSTOMER_ID_", b"2026-02-30", b"1.5", b"\xc3\xa4", b"\xe2\x80\xa8", b"RIID_", "ä".encode("utf-16"),
     b'""', b"\\"]
)  # fmt: skip

# --- hosts ----------------------------------------------------------------------------------------------


def _hosts(data: bytes) -> None:
    url = data.decode("utf-8", "replace")
    found = split(url)
    assert found.host.isascii()
    assert not set(found.host) & set("/\\@?#% \t\r\n\0")
    server = server_address(url)
    assert server is None or (server[0].isascii() and 0 < server[1] <= MOST_PORT)
    with contextlib.suppress(OutsideError):
        told = response_models.end_point("https://login5.responsys.net", data.decode("utf-8", "replace"))
        assert told.startswith("https://")
        host = told.removeprefix("https://").removesuffix(":443")
        assert host.endswith((".responsys.net", ".rsys8.net", ".rsys9.net", ".ocs.oraclecloud.com")) or host in (
            "responsys.net", "rsys8.net", "rsys9.net", "ocs.oraclecloud.com")  # fmt: skip


def _started(said: str) -> datetime | None:
    run = json.dumps([{"jobRunId": 1, "jobStartTime": said}])
    return response_models.connect_runs(run)[0].started


def _moments(data: bytes) -> None:
    """Read a time as a header and as a member of an answer; what comes out can be reckoned with."""
    said = data.decode("latin-1")
    clock = ServerClock()
    clock.learn(said)
    far = timedelta(days=365 * 50)
    for moment in (read_date(said), _started(said), clock.now()):
        if moment is not None:
            assert (moment - far).astimezone(ZoneInfo("Pacific/Kiritimati")) < (moment + far).astimezone(UTC)


_DATE_PARTS = st.sampled_from(
    [b"Fri, ", b"31 Dec ", b"9999", b" 23:59:59", b" GMT", b" -2359", b" +9999", b"0001", b"-01-01", b"T00:00:00", b"Z",
     b"+23:59", b"1796108400", b"000", b"1e5", b" ", b",", b":", b"2026", b"(", b")", b"\\"]
)  # fmt: skip

_URL_PARTS = st.sampled_from(
    [b"https://", b"http://", b"responsys.net", b".", b"@", b":", b"443", b"/", b"\\", b"#", b"?", b"[::1]",
     b"evil.example", b"login5", b"\t", b"\n", b"%2e", b"xn--a", "。".encode(), "\u212a".encode(), b"127.0.0.1", b"-",
     b"//"]
)  # fmt: skip


TARGETS = (
    *KEY_FILES,
    FuzzTarget("json-answer", _json, _json_seeds, _VALUES.map(lambda value: json.dumps(value).encode()), 20),
    FuzzTarget("answers-file", _toml, _toml_seeds, joined(_TOML_WORDS), 10),
    FuzzTarget("lines", _cut, _table_seeds, joined(_CELLS), 10),
    FuzzTarget("delimited-text", _delimited, _table_seeds, joined(_CELLS), 2),
    FuzzTarget(
        "moment",
        _moments,
        lambda: [b"Thu, 10 Dec 2026 08:00:00 GMT", b"2026-01-01T00:00:00+01:00", b"1796108400000"],
        joined(_DATE_PARTS, 8),
        5,
    ),
    FuzzTarget("address", _hosts, lambda: [b"https://login5.responsys.net:443/"], joined(_URL_PARTS, 8), 5),
)
BY_NAME = {one.name: one for one in TARGETS}
