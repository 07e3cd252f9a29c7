"""Responsys and CX Audience: the documented calls, and answers in every shape that was documented or seen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from starlette.requests import Request
from starlette.responses import Response

from cxr_tui.domain import ports
from cxr_tui.domain.errors import MalformedError, NoAccessError, NotFoundError, RefusedError
from cxr_tui.domain.responsys_data import Column, ConnectRun, RunStatus
from cxr_tui.domain.secret import Secret
from cxr_tui.gateways.rest.audience import AudienceGateway
from cxr_tui.gateways.rest.responsys import ResponsysGateway
from cxr_tui.gateways.rest.server_clock import ServerClock
from support.servers.real_parts import Fault, Service, ok

API = "GET /rest/api/v1.3"
LIST = {
    "name": "CUSTOMERS",
    "folderName": "Lists",
    "fields": [
        {"fieldName": "RIID_", "fieldType": "INTEGER"},
        {"fieldName": "CUSTOMER_ID_", "fieldType": "STR255"},
    ],
    "links": [{"rel": "self", "href": "/rest/api/v1.3/lists/CUSTOMERS", "method": "GET"}],
}


async def password() -> Secret:
    return Secret("right")


@pytest.fixture
async def responsys(service: Service) -> AsyncIterator[ResponsysGateway]:
    service.answers["POST /rest/api/v1.3/auth/token"] = {
        "authToken": "tok",
        "issuedAt": 1545918187627,
        "endPoint": service.url,
    }
    gateway = ResponsysGateway(service.url + "/", "jane", password, ServerClock(), sleep=_no_sleep)
    yield gateway
    await gateway.close()


@pytest.fixture
async def audience(service: Service) -> AsyncIterator[AudienceGateway]:
    service.answers["POST /rest/api/v1.3/auth/token"] = {"authToken": "tok", "issuedAt": 1545918187627}
    gateway = AudienceGateway(service.url + "/", "jane", password, ServerClock(), sleep=_no_sleep)
    yield gateway
    await gateway.close()


async def _no_sleep(_: float) -> None:
    return


async def test_the_protocols_are_kept(responsys: ResponsysGateway, audience: AudienceGateway) -> None:
    one: ports.Responsys = responsys
    other: ports.Members = audience
    assert one is responsys
    assert other is audience


@pytest.mark.parametrize("shape", [[LIST], {"items": [LIST]}, {"items": [LIST], "links": []}])
async def test_lists_bare_or_wrapped(responsys: ResponsysGateway, service: Service, shape: object) -> None:
    service.answers[f"{API}/lists"] = lambda _: ok(shape)
    (found,) = await responsys.lists()
    assert found.name == "CUSTOMERS"
    assert found.columns == (Column("RIID_", "INTEGER"), Column("CUSTOMER_ID_", "STR255"))


async def test_no_lists(responsys: ResponsysGateway, service: Service) -> None:
    service.answers[f"{API}/lists"] = lambda _: ok([])
    assert await responsys.lists() == ()


async def test_a_role_that_is_missing(responsys: ResponsysGateway, service: Service) -> None:
    service.answers[f"{API}/campaigns"] = Fault(401, "INSUFFICIENT_ACCESS")
    with pytest.raises(NoAccessError) as caught:
        await responsys.campaigns()
    assert caught.value.code == "INSUFFICIENT_ACCESS"


async def test_user_info(responsys: ResponsysGateway, service: Service) -> None:
    told = {
        "accountName": "oracleapi",
        "userName": "jane",
        "userEmail": "jane@example.com",
        "userLocale": "en",
        "accountTimeZone": "Asia/Calcutta",
        "createdDate": "2018-08-02",
    }
    service.answers[f"{API}/user/info"] = told | {"accountDisplayName": "Oracle API", "unexpected": [1]}
    found = await responsys.user_info()
    assert (found.account_name, found.time_zone, found.created) == ("oracleapi", "Asia/Calcutta", "2018-08-02")
    for name in told:
        rest = {key: value for key, value in told.items() if key != name}
        for answer in (rest, rest | {name: None}):
            service.answers[f"{API}/user/info"] = answer
            empty = [one for one in vars(await responsys.user_info()).values() if not one]
            assert empty == [""], f"only {name} is not known"
    service.answers[f"{API}/user/info"] = {"userEmail": "jane@example.com"}
    with pytest.raises(MalformedError, match="neither account nor user"):
        await responsys.user_info()


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        ("text", r"lists: Expected `object \| array`, got `str`"),
        ({"other": []}, "lists: the answer is not a list"),
        ([{"folderName": "x", "fields": []}], r"lists: Object missing required field `name` - at `\$\[0\]`"),
        ([{"name": "x", "fields": 7}], r"lists: Expected `array`, got `int` - at `\$\[0\].fields`"),
        (
            [{"name": "x", "fields": [{"fieldName": 7}]}],
            r"got `int` - at `\$\[0\].fields\[0\].fieldName`",
        ),
    ],
)
async def test_another_shape_is_named(
    responsys: ResponsysGateway, service: Service, answer: object, named: str
) -> None:
    service.answers[f"{API}/lists"] = lambda _: ok(answer)
    with pytest.raises(MalformedError, match=named):
        await responsys.lists()


async def test_member_count_with_an_odd_list_name(responsys: ResponsysGateway, service: Service) -> None:
    service.answers[f"{API}/lists/My%20List%2F1/members/count"] = {"count": 5000, "links": []}
    assert await responsys.member_count("My List/1") == 5000


MEMBER: dict[str, object] = {
    "recordData": {
        "fieldNames": ["RIID_", "EMAIL_ADDRESS_", "CITY_"],
        "records": [["470515045", "jane+1@example.com", None]],
        "mapTemplateName": None,
    },
    "mergeRule": None,
    "links": [],
}


@pytest.mark.parametrize(
    ("column", "qa"),
    [
        ("RIID_", "r"),
        ("EMAIL_ADDRESS_", "e"),
        ("CUSTOMER_ID_", "c"),
        ("MOBILE_NUMBER_", "m"),
        ("EMAIL_MD5_HASH_", "e_md5"),
        ("EMAIL_SHA256_HASH_", "e_sha256"),
    ],
)
async def test_member_by_each_column(
    responsys: ResponsysGateway, audience: AudienceGateway, service: Service, column: str, qa: str
) -> None:
    service.answers[f"{API}/lists/CUSTOMERS/members"] = MEMBER
    service.answers["POST /rest/api/v1.3/auth/token"] = {"authToken": "tok", "endPoint": service.url}
    for gateway in (responsys, audience):
        found = await gateway.member("CUSTOMERS", column, "jane+1@example.com")
        assert found == {"RIID_": "470515045", "EMAIL_ADDRESS_": "jane+1@example.com", "CITY_": ""}
        assert service.asked[-1].endswith(f"?qa={qa}&id=jane%2B1%40example.com&fs=all")


async def test_a_record_s_columns_are_found_in_whatever_case_it_names_them(
    responsys: ResponsysGateway, service: Service
) -> None:
    record = {"recordData": {"fieldNames": ["customer_id_", "Modified_Date_"], "records": [["7", "2026-01-01"]]}}
    service.answers[f"{API}/lists/CUSTOMERS/members"] = record
    found = await responsys.member("CUSTOMERS", "CUSTOMER_ID_", "7")
    assert found == {"CUSTOMER_ID_": "7", "MODIFIED_DATE_": "2026-01-01"}


async def test_no_such_member_and_no_such_list(responsys: ResponsysGateway, service: Service) -> None:
    path = f"{API}/lists/CUSTOMERS/members"
    for nobody in (
        Fault(404, "RECORD_NOT_FOUND", "Record not found"),
        ok({"recordData": {"fieldNames": [], "records": []}}),
    ):
        service.answers[path] = nobody
        assert await responsys.member("CUSTOMERS", "CUSTOMER_ID_", "1") is None
    service.answers[path] = Fault(404, "LIST_NOT_FOUND", "List not found")
    with pytest.raises(NotFoundError):
        await responsys.member("CUSTOMERS", "CUSTOMER_ID_", "1")
    with pytest.raises(ValueError, match="CITY_"):
        await responsys.member("CUSTOMERS", "CITY_", "Rome")


async def test_a_record_with_too_few_values_is_malformed(responsys: ResponsysGateway, service: Service) -> None:
    service.answers[f"{API}/lists/L/members"] = {"recordData": {"fieldNames": ["A", "B"], "records": [["1"]]}}
    with pytest.raises(MalformedError, match="1 value for 2 field names"):
        await responsys.member("L", "CUSTOMER_ID_", "1")


async def test_names(responsys: ResponsysGateway, service: Service) -> None:
    service.answers[f"{API}/suppData"] = {"items": [{"name": "ORDERS", "folderName": "Lists", "fields": []}]}
    service.answers[f"{API}/folders"] = {"folders": [{"id": "1", "name": "Lists", "new": False}]}
    service.answers[f"{API}/campaigns"] = {"items": [{"name": "Welcome"}]}
    assert await responsys.supplemental_tables() == ("ORDERS",)
    assert await responsys.folders() == ("Lists",)
    assert await responsys.campaigns() == ("Welcome",)


async def test_organizations(responsys: ResponsysGateway, service: Service) -> None:
    tree = {"id": "1", "name": "Root", "lineage": "/", "children": [{"id": "2", "name": "Outlet", "children": []}]}
    for shape in (
        {"attributes": {"organizations": {"attributeValues": [tree]}}},
        {"items": [tree]},
    ):
        service.answers[f"{API}/attributes/organizations"] = shape
        assert await responsys.organizations() == ("Root", "Outlet")


@pytest.mark.parametrize("total", [0, 1, 199, 200, 201, 400])
async def test_all_pages_of_filters(responsys: ResponsysGateway, service: Service, total: int) -> None:
    rows = [{"id": number, "name": f"f{number}", "filterSource": "Profile"} for number in range(total)]

    def page(request: Request) -> Response:
        at, size = int(request.query_params["offset"]), int(request.query_params["limit"])
        assert size <= 200
        return ok({"items": rows[at : at + size]})

    service.answers[f"{API}/filters"] = page
    found = await responsys.filters()
    assert [one.name for one in found] == [row["name"] for row in rows]
    assert total == 0 or found[0].raw["filterSource"] == "Profile"


async def test_a_service_that_ignores_the_offset_ends_too(responsys: ResponsysGateway, service: Service) -> None:
    service.answers[f"{API}/folders"] = {"folders": [{"name": f"f{number}"} for number in range(200)]}
    assert len(await responsys.folders()) == 200
    assert service.count(f"{API}/folders") == 2


# --- Connect ----------------------------------------------------------------------------------------------------------


async def test_connect_jobs(responsys: ResponsysGateway, service: Service) -> None:
    job = {
        "jobId": 4711,
        "jobName": "Export CUSTOMERS",
        "jobType": "LIST_EXPORT",
        "nextJobRun": 1796108400000,
        "lastJobRun": "2026-11-30T02:19:00-05:00",
        "scheduleType": "DAILY",
        "active": True,
        "running": False,
    }
    service.answers[f"{API}/connectJobs"] = [
        job,
        job | {"jobId": "4712", "nextJobRun": None, "lastJobRun": "30 Nov"},
        job | {"nextJobRun": "2026-11-30T02:19:00"},
    ]
    first, second, zoneless = await responsys.connect_jobs()
    assert zoneless.next_run is None
    assert first.next_run == datetime.fromtimestamp(1796108400, UTC)
    assert first.last_run == datetime(2026, 11, 30, 7, 19, tzinfo=UTC)
    assert (first.job_id, first.active, first.running) == (4711, True, False)
    assert (second.job_id, second.next_run, second.last_run) == (4712, None, None)


async def test_a_job_may_leave_out_what_nothing_needs(responsys: ResponsysGateway, service: Service) -> None:
    service.answers[f"{API}/connectJobs"] = [{"jobId": 1, "jobName": "Export", "active": None}, {"jobId": 2}]
    named, nameless = await responsys.connect_jobs()
    assert (named.active, named.running, named.next_run, nameless.name) == (None, False, None, "")


@pytest.mark.parametrize("odd", [None, "", "12.5", {}, [], "soon"])
async def test_a_run_may_leave_out_what_nothing_needs(
    responsys: ResponsysGateway, service: Service, odd: object
) -> None:
    names = ("jobName", "jobRunStatus", "jobStartTime", "durationInSeconds")
    texts = {"jobName": None, **dict.fromkeys(names[1:], odd)}
    service.answers[f"{API}/connectJobs/7/jobRuns"] = [{"jobRunId": 1}, {"jobRunId": 2, **texts}]
    service.answers[f"{API}/connectJobs/7/jobRuns/2/status"] = {"recordsProcessed": odd, "jobRunStatus": odd}
    now = datetime(2026, 11, 24, 2, tzinfo=UTC)
    second, first = await responsys.connect_runs(7, now, now)
    assert (first.status, first.started, first.seconds, first.reported_start) == (None, None, None, "")
    assert (second.status, second.started, second.seconds, second.processed) == (None, None, None, None)
    assert second.reported_start == (odd if isinstance(odd, str) else "")


async def test_one_run_is_asked_for_by_one_call(responsys: ResponsysGateway, service: Service) -> None:
    service.answers[f"{API}/connectJobs/7/jobRuns/31/status"] = {"jobRunStatus": "running", "recordsProcessed": 5}
    found = await responsys.connect_run(7, 31)
    assert (found.run_id, found.status, found.processed, found.started) == (31, RunStatus.RUNNING, 5, None)
    assert [one for one in service.asked if "connectJobs" in one] == [
        "GET /rest/api/v1.3/connectJobs/7/jobRuns/31/status"
    ]


async def test_a_user_without_connect(responsys: ResponsysGateway, service: Service) -> None:
    service.answers[f"{API}/connectJobs"] = Fault(
        401, "CONNECT_DISABLED_FOR_USER", "Connect disabled for user", "DataIntegrationGateway not enabled for user."
    )
    with pytest.raises(NoAccessError) as caught:
        await responsys.connect_jobs()
    assert caught.value.code == "CONNECT_DISABLED_FOR_USER"


def run(number: int, started: datetime, status: str = "succeeded") -> dict[str, object]:
    return {
        "jobRunId": number,
        "jobName": "Export",
        "jobRunStatus": {"value": status},
        "durationInSeconds": 61,
        "jobStartTime": int(started.timestamp() * 1000),
    }


async def test_runs_newest_first_with_counts(responsys: ResponsysGateway, service: Service) -> None:
    zone = timezone(timedelta(hours=-5))
    since, until = datetime(2026, 11, 23, 9, 0, tzinfo=zone), datetime(2026, 11, 24, 9, 0, tzinfo=zone)
    service.answers[f"{API}/connectJobs/7/jobRuns"] = [
        run(1, datetime(2026, 11, 22, 23, 59, tzinfo=zone)),
        run(2, datetime(2026, 11, 23, 0, 1, tzinfo=zone), "failed"),
        run(4, datetime(2026, 11, 24, 23, 59, tzinfo=zone)),
        run(5, datetime(2026, 11, 25, 0, 1, tzinfo=zone)),
        run(3, datetime(2026, 11, 24, 2, 0, tzinfo=zone), "exploded"),
    ]
    status = {
        "jobRunStatus": "succeeded",
        "errrorMessage": "",
        "recordsProcessed": 5000,
        "recordsAdded": 0,
        "recordsRejected": 3,
        "recordsUpdated": 4997,
        "durationInSeconds": 62,
    }
    service.answers[f"{API}/connectJobs/7/jobRuns/4/status"] = status
    service.answers[f"{API}/connectJobs/7/jobRuns/2/status"] = status | {
        "jobRunStatus": "failed",
        "errrorMessage": "no \x1b[1m file",
        "recordsProcessed": None,
    }
    newest, odd, failed = await responsys.connect_runs(7, since, until)
    assert any(asked.endswith("/jobRuns?sdate=11-22-2026&edate=11-25-2026") for asked in service.asked)
    assert newest == ConnectRun(
        4, RunStatus.SUCCEEDED, datetime(2026, 11, 25, 4, 59, tzinfo=UTC), 62, 5000, 0, 4997, 3, ""
    )
    assert (odd.run_id, odd.status, odd.processed) == (3, None, None)  # unknown word; status call: 404
    assert (failed.run_id, failed.status, failed.processed, failed.rejected) == (2, RunStatus.FAILED, None, 3)
    assert failed.error == "no ␛[1m file"


async def test_counts_are_asked_for_a_month_of_runs_only(responsys: ResponsysGateway, service: Service) -> None:
    last = datetime(2026, 11, 23, 2, tzinfo=UTC)
    service.answers[f"{API}/connectJobs/7/jobRuns"] = [run(n, last - timedelta(days=n)) for n in range(40)]
    for number in range(40):
        service.answers[f"{API}/connectJobs/7/jobRuns/{number}/status"] = {
            "jobRunStatus": "succeeded",
            "recordsProcessed": 1,
        }
    found = await responsys.connect_runs(7, last - timedelta(days=60), last)
    assert [one.run_id for one in found] == list(range(40))
    assert [one.processed for one in found] == [1] * 31 + [None] * 9


async def test_a_failing_status_call_leaves_nothing_running(responsys: ResponsysGateway, service: Service) -> None:
    last = datetime(2026, 11, 23, 2, tzinfo=UTC)
    service.answers[f"{API}/connectJobs/7/jobRuns"] = [run(n, last) for n in range(30)]
    for number in range(30):
        service.answers[f"{API}/connectJobs/7/jobRuns/{number}/status"] = Fault(400, "INVALID_PARAMETER")
    with pytest.raises(RefusedError):
        await responsys.connect_runs(7, last, last)
    assert service.count(f"{API}/connectJobs/7/jobRuns/") < 30


async def test_logs(responsys: ResponsysGateway, service: Service) -> None:
    service.answers[f"{API}/connectJobs/7/jobRuns/9/logs"] = [
        {"logLevel": "INFO", "logMessage": "started\x07", "logTime": 1545918187627}
    ]
    (line,) = await responsys.connect_logs(7, 9)
    assert (line.level, line.message) == ("INFO", "started␇")


async def test_trigger(responsys: ResponsysGateway, service: Service) -> None:
    path = "PUT /rest/api/v1.3/connectJobs/7/trigger"
    service.answers[path] = {"jobRunId": 30875907, "errorMessage": "", "success": True}
    assert await responsys.trigger(7) == 30875907
    assert service.bodies[-1] == b"{}"
    service.answers[path] = {"jobRunId": None, "errorMessage": "already running", "success": False}
    with pytest.raises(RefusedError) as caught:
        await responsys.trigger(7)
    assert caught.value.detail == "already running"


# --- CX Audience ------------------------------------------------------------------------------------------------------


async def test_audience_needs_no_end_point(audience: AudienceGateway, service: Service) -> None:
    service.answers[f"{API}/lists"] = [LIST]
    await audience.login()
    (found,) = await audience.lists()
    assert found.name == "CUSTOMERS"
    assert service.asked == ["POST /rest/api/v1.3/auth/token", f"{API}/lists"]
    assert service.headers[-1]["authorization"] == "tok"
