"""The small parts of rotation: passwords, ages, moves, one turn at a time, and the other secrets."""

from __future__ import annotations

import json
import string
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from keyring.backend import KeyringBackend

from cxr_tui.domain.login_endings import Result
from cxr_tui.domain.password_policy import FORBIDDEN, LENGTH, SHORTEST, defects, make_password, unmet_rules
from cxr_tui.domain.secret import Secret
from cxr_tui.gateways.keyring.credentials import KeyringCredentials
from cxr_tui.guide.checks.common import AUDIENCE_API_PASSWORD, FILE_SERVER_PASSPHRASE, RESPONSYS_PASSWORD
from cxr_tui.guide.registry import GUIDE
from cxr_tui.integration.integration import Integration
from cxr_tui.integration.rotation_state import IntegrationState, Stage, stage_entry, tried_entry, try_entry
from cxr_tui.journal.events import LoginEnd, answer_entry, refusal_entry, secret_entry
from cxr_tui.journal.rotation_lock import RotationBusyError, rotation_lock
from cxr_tui.journal.store import Entry, Journal, Record, RecordKind
from cxr_tui.rotation.managed_secrets import MANAGED_SECRETS, UnknownSecretError, managed_secret
from cxr_tui.rotation.password_age import AgeState, age_of, ages_of, reminder
from cxr_tui.rotation.service import RotationService
from cxr_tui.rotation.transitions import MoveError, require_move
from support.processes.preloaded_python import cxr_tui
from support.servers.real_parts import Fault, Service, ok
from support.worlds.rotation_model import Model

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@given(st.integers(SHORTEST, LENGTH))
def test_what_is_made_meets_whatever_is_demanded(shortest: int) -> None:
    made = make_password()
    assert unmet_rules(made, "CXAudienceIntegration", shortest) == ()
    assert defects(made) == ()


@given(st.text(string.printable, max_size=30))
def test_what_a_password_lacks_is_said_without_showing_it(text: str) -> None:
    said = " ".join(defects(Secret(text)))
    if len(text) > 2 and text not in "no at least characters only letters digits and punctuation of ASCII":
        assert text not in said
    if set(text) & set(FORBIDDEN):
        assert "known to fail" in said


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        ("short", "at least 6 characters"),
        ("x" * 129, "at most 128 characters"),
        ("With+And&In-it-1x", "no + & in it, which are known to fail in API clients"),
        ("Umlaut-ä-in-it-1x", "only letters, digits and punctuation of ASCII"),
    ],
)
def test_what_no_account_accepts_is_named(text: str, lacks: str) -> None:
    assert defects(Secret(text)) == (lacks,)


def journal_state_of(*entries: Entry, at: datetime = NOW) -> IntegrationState:
    journal = IntegrationState()
    journal.apply([Record(number, at, entry) for number, entry in enumerate(entries, 1)])
    return journal


SET = secret_entry("first-password", "new_password", RESPONSYS_PASSWORD, 1, "typed")


@pytest.mark.parametrize(
    ("days", "state"),
    [(0, "ok"), (74, "ok"), (75, "near"), (89, "near"), (90, "due"), (119, "due"), (120, "overdue"), (4000, "overdue")],
)
def test_ages(days: int, state: str) -> None:
    age = age_of("acme", MANAGED_SECRETS[RESPONSYS_PASSWORD], journal_state_of(SET), NOW + timedelta(days=days))
    assert (age.state, age.days) == (AgeState(state), days)


def test_an_age_that_the_journal_does_not_tell_is_unknown_and_other_secrets_are_listed_once_set() -> None:
    assert [one.state for one in ages_of("acme", journal_state_of(), NOW)] == [AgeState.UNKNOWN]
    both = journal_state_of(SET, secret_entry("account", "connect_api_password", "connect-api-password", 1, "typed"))
    assert [one.item for one in ages_of("acme", both, NOW)] == [RESPONSYS_PASSWORD, "connect-api-password"]


def test_the_reminder_says_what_matters_most() -> None:
    begun = stage_entry(RESPONSYS_PASSWORD, 1, Stage.PREPARED)
    changed = stage_entry(RESPONSYS_PASSWORD, 1, Stage.IN_RESPONSYS)
    assert reminder(journal_state_of(SET), NOW) == ""
    assert reminder(journal_state_of(SET), NOW + timedelta(days=95)) == "password due: 95 d"
    assert reminder(journal_state_of(SET, begun), NOW) == "rotation in progress"
    assert reminder(journal_state_of(SET, begun, changed), NOW) == "password one-sided"


def test_due_lists_every_integration_and_reads_no_secret(tmp_path: Path) -> None:
    for name, age in (("fresh", 1), ("old", 100), ("never", None)):
        journal = Journal(tmp_path / "integrations" / name / "journal.db")
        if age is not None:
            journal.append(datetime.now(UTC) - timedelta(days=age), [SET])
        journal.close()
    (tmp_path / "integrations" / "broken").mkdir()
    (tmp_path / "integrations" / "broken" / "journal.db").write_text("no journal")
    ended = cxr_tui("rotate", "--due", "--json", home=tmp_path)
    assert ended.code == 1
    found = {one["integration"]: one["state"] for one in ended.document["passwords"]}
    assert found == {"fresh": "ok", "old": "due", "never": "unknown", "broken": "unknown"}
    plain = cxr_tui("rotate", "--due", home=tmp_path)
    assert "due      old" in plain.out
    assert "100 days ago" in plain.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--item", "no-such-item"), "responsys-password"),
        (("--password-stdin",), "standard input has no password"),
        (("--password-stdin", "--resume"), "no effect together"),
        (("--item", "file-server-passphrase"), "responsys-password"),
        (("--resume", "--abort"), "not allowed with"),
    ],
)
def test_command_lines_that_cannot_be_carried_out(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    ended = cxr_tui("rotate", *arguments, home=tmp_path)
    assert ended.code == 2
    assert said in ended.err


def test_without_a_password_there_is_nothing_to_rotate_and_without_a_store_nowhere_to_put_it(tmp_path: Path) -> None:
    ended = cxr_tui("rotate", "--json", home=tmp_path)
    assert (ended.code, ended.document["state"]) == (1, "none")
    assert [one["code"] for one in ended.document["findings"]] == ["secret-missing"]
    journal = Journal(tmp_path / "integrations" / "default" / "journal.db")
    journal.append(NOW, [SET])
    journal.close()
    ended = cxr_tui("rotate", "--json", home=tmp_path)
    assert ended.code == 4
    assert [one["code"] for one in ended.document["findings"]] == ["store-unusable"]


def test_moves_that_the_machine_does_not_know_are_refused() -> None:
    for before, after in ((None, Stage.PROMOTED), (Stage.DONE, Stage.PROMOTED), (Stage.PREPARED, Stage.IN_AUDIENCE)):
        with pytest.raises(MoveError):
            require_move(before, after)


def test_only_one_process_rotates_at_a_time(tmp_path: Path) -> None:
    journal = tmp_path / "journal.db"
    with rotation_lock(journal), pytest.raises(RotationBusyError), rotation_lock(journal):
        pass
    with rotation_lock(journal):
        pass


async def test_a_rotation_that_somebody_else_acts_on_says_so(tmp_path: Path) -> None:
    model = Model(tmp_path)
    with rotation_lock(model.place):
        told = await RotationService(model, managed_secret(RESPONSYS_PASSWORD)).begin()
    assert [one.code for one in told.findings] == ["rotation-busy"]
    assert list(model.credentials.items) == [RESPONSYS_PASSWORD]


def test_a_try_without_an_answer_counts_as_refused_and_one_outside_costs_one() -> None:
    begun = stage_entry(RESPONSYS_PASSWORD, 1, Stage.PREPARED)
    sent = try_entry(RESPONSYS_PASSWORD, 1, f"{RESPONSYS_PASSWORD}.next")
    assert journal_state_of(begun, sent).rotations[RESPONSYS_PASSWORD].left == 1
    answered = tried_entry(RESPONSYS_PASSWORD, 1, Result.ACCEPTED)
    assert journal_state_of(begun, sent, answered).rotations[RESPONSYS_PASSWORD].left == 2
    outside = refusal_entry("", RESPONSYS_PASSWORD)
    assert journal_state_of(begun, sent, outside).rotations[RESPONSYS_PASSWORD].left == 0
    assert journal_state_of(begun, sent, outside).refusal_streaks[RESPONSYS_PASSWORD].count == 2


@pytest.mark.parametrize(("minutes", "tried"), [(61, True), (10, False)])
async def test_a_locked_user_is_tried_again_an_hour_after_the_last_refusal(
    tmp_path: Path, minutes: int, tried: bool
) -> None:
    model = Model(tmp_path)
    await RotationService(model, managed_secret(RESPONSYS_PASSWORD)).begin()
    model.note([refusal_entry("", RESPONSYS_PASSWORD)] * 4)
    model.note([stage_entry(RESPONSYS_PASSWORD, 2, Stage.PREPARED, by="person")])
    model.moment += timedelta(minutes=minutes)
    model.products.set_by_mail(model.credentials.items[f"{RESPONSYS_PASSWORD}.next"])
    told = await RotationService(model, managed_secret(RESPONSYS_PASSWORD)).resume()
    assert [one.code for one in told.findings] == (["changed-in-responsys"] if tried else ["login-tries-spent"])


def test_checks_may_spend_one_refusal_while_the_active_password_is_unknown() -> None:
    begun = stage_entry(RESPONSYS_PASSWORD, 1, Stage.PREPARED)
    changed = stage_entry(RESPONSYS_PASSWORD, 1, Stage.IN_RESPONSYS)
    outside = refusal_entry("", RESPONSYS_PASSWORD)

    def held(*entries: Entry) -> tuple[str, int]:
        journal = journal_state_of(*entries)
        return journal.active_item(RESPONSYS_PASSWORD), journal.counted_refusals(RESPONSYS_PASSWORD, NOW)

    assert held() == (RESPONSYS_PASSWORD, 0)
    assert held(begun) == (RESPONSYS_PASSWORD, 1)
    assert held(begun, outside) == (RESPONSYS_PASSWORD, 2)
    assert held(begun, changed) == (f"{RESPONSYS_PASSWORD}.next", 0)


def test_checks_never_make_the_fifth_refusal_in_a_row_whatever_a_rotation_has_spent() -> None:
    next_one = f"{RESPONSYS_PASSWORD}.next"
    tries = [
        entry
        for number, refused in enumerate((next_one, RESPONSYS_PASSWORD) * 2, 2)
        for entry in (
            stage_entry(RESPONSYS_PASSWORD, number // 2, Stage.PREPARED, by="person"),
            try_entry(RESPONSYS_PASSWORD, number // 2, refused),
            tried_entry(RESPONSYS_PASSWORD, number // 2, Result.REFUSED),
        )
    ]
    anew = stage_entry(RESPONSYS_PASSWORD, 9, Stage.PREPARED, by="person")
    aborted = stage_entry(RESPONSYS_PASSWORD, 9, Stage.ABORTED, kept=True)

    def held(*entries: Entry, minutes: int = 5) -> int:
        return journal_state_of(*entries).counted_refusals(RESPONSYS_PASSWORD, NOW + timedelta(minutes=minutes))

    assert held(*tries[:9], anew) == 1  # three in a row: one more locks nobody
    assert held(*tries, anew) == 4
    assert held(*tries, anew, aborted) == 4
    assert held(*tries, anew, aborted, minutes=61) == 2
    accepted = refusal_entry("", RESPONSYS_PASSWORD, LoginEnd.ACCEPTED)
    assert held(*tries, anew, accepted) == 1
    typed = secret_entry("first-password", "new_password", RESPONSYS_PASSWORD, 2, "typed")
    assert held(*tries, anew, aborted, typed) == 0
    assert held(*tries, anew, typed) == 4  # of which of the two that is the rotation finds out


def test_every_password_can_be_rotated_and_no_other_secret() -> None:
    asked = {field.item: f"{step.id}.{field.name}" for step in GUIDE.steps for field in step.fields if field.item}
    assert asked.pop(FILE_SERVER_PASSPHRASE)  # it only opens a local file
    assert asked == {item: held.key for item, held in MANAGED_SECRETS.items()}


def test_rotations_that_are_no_longer_offered_are_passed_over_in_an_earlier_journal() -> None:
    rules = Entry(RecordKind.ROTATION, "", {"item": "", "number": 0, "what": "rules", "rules": {"minimum_length": 8}})
    begun = stage_entry(FILE_SERVER_PASSPHRASE, 1, Stage.PREPARED)
    assert journal_state_of(rules, begun).rotations == {}


def test_an_unknown_secret_names_the_known_ones() -> None:
    with pytest.raises(UnknownSecretError, match="responsys-password"):
        managed_secret("nothing")


class MemoryKeyring(KeyringBackend):
    """A keyring in a dictionary."""

    priority = 5

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get(service)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service]

    def put(self, item: str, password: str) -> None:
        self.kept[f"cxr-tui/x/{item}"] = password

    def get(self, item: str) -> str | None:
        return self.kept.get(f"cxr-tui/x/{item}")


def integration_with(tmp_path: Path, backend: MemoryKeyring, *entries: Entry) -> Integration:
    journal = Journal(tmp_path / "journal.db")
    journal.append(NOW, list(entries))
    return Integration(GUIDE, journal, KeyringCredentials("x", backend=backend, store_name="memory"), None, "x")


async def test_the_audience_users_password_is_exchanged_where_its_login_proves_it(
    tmp_path: Path, service: Service
) -> None:
    refused = Fault(400, "INVALID_USER_NAME_PASSWORD", "Invalid username or password")
    service.answers["POST /rest/api/v1.3/auth/token"] = [
        refused.response(),  # the new one: not set yet
        ok({"authToken": "t1", "issuedAt": 1, "endPoint": service.url}),  # the old one still works
        ok({"authToken": "t2", "issuedAt": 1, "endPoint": service.url}),  # the new one, after it was set
    ]
    backend = MemoryKeyring()
    integration = integration_with(
        tmp_path,
        backend,
        answer_entry("account", "audience_token", service.url, "typed"),
        answer_entry("account", "audience_api_user", "audience.api", "typed"),
        secret_entry("account", "audience_api_password", AUDIENCE_API_PASSWORD, 1, "typed"),
    )
    backend.put(AUDIENCE_API_PASSWORD, "old-One-1x")
    try:
        rotation_service = RotationService(integration, managed_secret(AUDIENCE_API_PASSWORD))
        told = await rotation_service.begin()
        assert told.todo is not None
        assert "audience.api" in " ".join(told.todo.lines)
        made = backend.get(f"{AUDIENCE_API_PASSWORD}.next")
        assert [one.code for one in (await rotation_service.resume()).findings] == ["not-changed"]
        told = await rotation_service.resume()
        assert (told.state, told.findings[0].code) == ("done", "changed")
        assert backend.get(AUDIENCE_API_PASSWORD) == made != "old-One-1x"
        assert len(backend.kept) == 1
        assert integration.journal_state().known().number("account.audience_api_password") == 2
        assert b"old-One-1x" in service.bodies[1]
    finally:
        await integration.close()


def test_the_document_names_items_and_shows_none(tmp_path: Path) -> None:
    ended = cxr_tui("rotate", "--json", home=tmp_path)
    assert list(json.loads(ended.out)) == [
        "schema",
        "integration",
        "item",
        "state",
        "steps",
        "findings",
        "tries_left",
        "todo",
        "ok",
    ]
