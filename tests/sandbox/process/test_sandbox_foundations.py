"""The clock, the mailbox, the lists and the screens on which both twins stand."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxr_tui.domain.responsys_data import SYSTEM_COLUMNS
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.lists import ListTable
from cxr_tui.sandbox.services.mailbox import Mail, Mailbox
from cxr_tui.sandbox.shared.screens import Form, PageError, Pages, PageShows, PageVisit

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Diary:
    """Writes down which event fired, and at what time of the clock."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.lines: list[tuple[str, datetime]] = []

    def event(self, name: str, then: Callable[[], None] = lambda: None) -> Callable[[], Awaitable[None]]:
        async def fire() -> None:
            self.lines.append((name, self.clock.now()))
            await asyncio.sleep(0)
            then()

        return fire


async def test_clock_runs_with_real_time() -> None:
    clock = Clock(START)
    await asyncio.sleep(0.02)
    assert timedelta(milliseconds=15) < clock.now() - START < timedelta(seconds=5)


async def test_advance_fires_in_time_order_at_the_events_own_time() -> None:
    clock = Clock(START)
    diary = Diary(clock)
    clock.at(START + 3 * HOUR, diary.event("third"), "third")
    clock.at(START + 1 * HOUR, diary.event("first"), "first")
    clock.at(START + 2 * HOUR, diary.event("second"), "second")
    clock.at(START + 9 * HOUR, diary.event("later"), "later")
    await clock.advance(START + 4 * HOUR)
    assert diary.lines == [
        ("first", START + 1 * HOUR),
        ("second", START + 2 * HOUR),
        ("third", START + 3 * HOUR),
    ]
    assert START + 4 * HOUR <= clock.now() < START + 5 * HOUR
    await clock.advance(START + 10 * HOUR)
    assert diary.lines[3:] == [("later", START + 9 * HOUR)]


async def test_events_scheduled_during_an_advance_fire_too() -> None:
    clock = Clock(START)
    diary = Diary(clock)

    def again() -> None:
        clock.at(START + 2 * HOUR, diary.event("child"), "child")

    clock.at(START + 1 * HOUR, diary.event("parent", again), "parent")
    await clock.advance(START + 3 * HOUR)
    assert diary.lines == [("parent", START + 1 * HOUR), ("child", START + 2 * HOUR)]


async def test_the_clock_never_goes_back() -> None:
    clock = Clock(START)
    await clock.advance(START + 2 * HOUR)
    diary = Diary(clock)
    clock.at(START, diary.event("overdue"), "overdue")
    await clock.advance(START + HOUR)
    assert clock.now() >= START + 2 * HOUR
    await clock.advance(START + 3 * HOUR)
    [(_, when)] = diary.lines
    assert START + 2 * HOUR <= when < START + 3 * HOUR


async def test_advances_take_turns() -> None:
    clock = Clock(START)
    running = 0
    most = 0
    fired = 0

    async def slow() -> None:
        nonlocal running, most, fired
        running += 1
        fired += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1

    for minute in range(4):
        clock.at(START + timedelta(minutes=minute + 1), slow, "slow")
    await asyncio.gather(*(clock.advance(START + timedelta(minutes=minute)) for minute in (4, 2, 3)))
    assert (most, fired) == (1, 4)


async def test_an_event_that_fails_stops_neither_the_clock_nor_the_others(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock(START)
    diary = Diary(clock)

    async def broken() -> None:
        raise ValueError("the disk is full")

    clock.at(START + HOUR, broken, "export job")
    clock.at(START + 2 * HOUR, diary.event("next"), "next")
    await clock.advance(START + 3 * HOUR)
    assert clock.failures == ["export job: ValueError: the disk is full"]
    assert [name for name, _ in diary.lines] == ["next"]
    assert "export job" in caplog.text


async def test_run_fires_as_real_time_passes_and_sees_what_is_scheduled_later() -> None:
    clock = Clock(START)
    fired = asyncio.Event()

    async def fire() -> None:
        fired.set()

    running = asyncio.create_task(clock.run())
    try:
        await asyncio.sleep(0.01)
        clock.at(clock.now() + timedelta(milliseconds=30), fire, "soon")
        await asyncio.wait_for(fired.wait(), 5)
        fired.clear()
        clock.at(clock.now() + HOUR, fire, "in an hour")
        await clock.advance(clock.now() + 2 * HOUR)
        assert fired.is_set()
    finally:
        running.cancel()


async def test_run_sleeps_while_nothing_is_due() -> None:
    clock = Clock(START)
    asked = 0
    now = clock.now

    def counted() -> datetime:
        nonlocal asked
        asked += 1
        return now()

    clock.now = counted  # type: ignore[method-assign]  # counts how often the loop goes round
    running = asyncio.create_task(clock.run())
    await asyncio.sleep(0.05)
    running.cancel()
    assert asked < 10


def a_mail(to: str, subject: str, password: str) -> Mail:
    return Mail(to, subject, secrets={"Temporary password": f"s3cret-{password}"})


async def test_mailbox_opens_the_newest_mail_and_keeps_the_secret_apart() -> None:
    mailbox = Mailbox()
    for password in ("old", "new"):
        mailbox.mails.append(a_mail("Jordan@example.com", "Welcome", password))
    mailbox.mails.append(a_mail("other@example.com", "Welcome", "not ours"))
    shows = await mailbox.pages.visit(("Inbox", "Welcome"), {"To": "jordan@example.com"})
    assert shows.values == {}
    assert shows.secrets == {"Temporary password": "s3cret-new"}
    assert "s3cret" not in repr(mailbox.mails)
    with pytest.raises(PageError, match="no mail to jordan@example"):
        await mailbox.pages.visit(("Inbox", "Reset"), {"To": "jordan@example.com"})


async def test_mailbox_shows_attachments() -> None:
    mailbox = Mailbox()
    mailbox.mails.append(Mail("a@b.example", "Key", {"Attachment": ("one.pub", b"1")}))
    shows = await mailbox.pages.visit(("Inbox", "Key"), {"To": "a@b.example"})
    assert shows.files == {"Attachment": ("one.pub", b"1")}


def a_list() -> ListTable:
    return ListTable("CUSTOMERS", "Lists", [*SYSTEM_COLUMNS, ("CITY", "STR25")])


def test_insert_gives_id_dates_domain_and_hashes() -> None:
    table = a_list()
    riid = table.insert({"CUSTOMER_ID_": "7", "EMAIL_ADDRESS_": "Ada.Berg@Example.com"}, START)
    [row] = table.find("RIID_", riid)
    assert row["CREATED_DATE_"] == row["MODIFIED_DATE_"] == "2026-11-23 12:00:00"
    assert row["EMAIL_DOMAIN_"] == "example.com"
    assert row["EMAIL_MD5_HASH_"] == hashlib.md5(b"ada.berg@example.com", usedforsecurity=False).hexdigest()
    assert row["EMAIL_SHA256_HASH_"] == hashlib.sha256(b"ada.berg@example.com").hexdigest()
    assert table.find("EMAIL_ADDRESS_", "ada.berg@example.com") == [row]
    assert list(row) == [name for name, _ in table.columns]


def test_update_moves_the_record_in_every_index() -> None:
    table = a_list()
    riid = table.insert({"CUSTOMER_ID_": "7", "EMAIL_ADDRESS_": "old@example.com", "CITY": "Rome"}, START)
    assert table.find("EMAIL_ADDRESS_", "old@example.com")
    table.update(riid, {"EMAIL_ADDRESS_": "new@example.com", "RIID_": "1"}, START + HOUR)
    assert table.find("EMAIL_ADDRESS_", "old@example.com") == []
    [row] = table.find("EMAIL_MD5_HASH_", hashlib.md5(b"new@example.com", usedforsecurity=False).hexdigest())
    assert (row["RIID_"], row["CITY"], row["MODIFIED_DATE_"]) == (riid, "Rome", "2026-11-23 13:00:00")
    assert row["CREATED_DATE_"] == "2026-11-23 12:00:00"
    assert len(table) == 1


def test_rows_are_copies_and_the_empty_value_finds_nobody() -> None:
    table = a_list()
    table.insert({"CITY": "Rome"}, START)
    for row in table.rows():
        row["CITY"] = "Oslo"
    assert [row["CITY"] for row in table.rows()] == ["Rome"]
    assert table.find("CUSTOMER_ID_", "") == []


@given(st.lists(st.tuples(st.sampled_from("iu"), st.sampled_from("abc"), st.sampled_from(["", "x", "y", "z"]))))
def test_finding_by_index_equals_reading_through(steps: list[tuple[str, str, str]]) -> None:
    table = a_list()
    ids: list[str] = []
    for number, (step, pick, value) in enumerate(steps):
        if step == "i":
            ids.append(table.insert({"MOBILE_NUMBER_": value, "CITY": value}, START))
        elif ids:
            riid = ids[(ord(pick) + number) % len(ids)]
            table.update(riid, {"MOBILE_NUMBER_": value, "CITY": value}, START)
        for wanted in ("x", "y", "z"):
            by_index = {row["RIID_"] for row in table.find("MOBILE_NUMBER_", wanted)}
            assert by_index == {row["RIID_"] for row in table.rows() if row["MOBILE_NUMBER_"] == wanted}
    assert len(table) == len(ids)


def a_site() -> Pages:
    pages = Pages("Responsys")

    async def schedule(visit: PageVisit) -> PageShows:
        if not visit.entries and not visit.press:
            return PageShows({"is": "look"})
        return PageShows({"is": visit.matched[0], **visit.values})

    async def manage(_: PageVisit) -> PageShows:
        return PageShows({"is": "the page of this very name"})

    pages.add(("Data", "Connect", "*", "Schedule"), schedule, Form({"Date": "", "Daily": False}), ("Save",))
    pages.add(("Data", "Connect", "Manage", "Schedule"), manage)
    return pages


async def test_pages_find_the_most_exact_path() -> None:
    pages = a_site()
    assert (await pages.visit(("Data", "Connect", "Nightly", "Schedule"))).values == {"is": "look"}
    assert (await pages.visit(("Data", "Connect", "Manage", "Schedule"))).values == {"is": "the page of this very name"}
    shown = await pages.visit(("Data", "Connect", "Nightly", "Schedule"), {"Date": "2026-11-24"}, ["Save"])
    assert shown.values == {"is": "Nightly", "Date": "2026-11-24", "Daily": False}


@pytest.mark.parametrize(
    ("path", "entries", "press", "says"),
    [
        (("Data", "Conect"), {}, (), "no page Data > Conect in Responsys"),
        (("Data", "Connect", "N", "Schedule"), {"Dates": "x"}, (), 'no "Dates" .* asks for Daily, Date'),
        (("Data", "Connect", "N", "Schedule"), {}, ("Store",), 'no button "Store" .* buttons are Save'),
        (("Data", "Connect", "", "Schedule"), {}, (), "no page"),
        (("Data", "Connect", "N", "Schedule"), {"Date": True}, (), "Date: it takes no value of this kind"),
        (("Data", "Connect", "N", "Schedule"), {"Daily": "yes"}, (), "Daily: it takes no value of this kind"),
    ],
)
async def test_pages_refuse_by_name(
    path: tuple[str, ...], entries: dict[str, object], press: tuple[str, ...], says: str
) -> None:
    with pytest.raises(PageError, match=says):
        await a_site().visit(path, entries, press)
