"""What comes from outside, and what must not go outside: hostile texts, secrets, crashes, addresses, the clipboard."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from textual.drivers.headless_driver import HeadlessDriver
from textual.screen import Screen
from textual.selection import SELECT_ALL

from cxr_tui.config.settings import Settings
from cxr_tui.domain.instruction import Site, Visit
from cxr_tui.domain.secret import MASK, Secret
from cxr_tui.guided import browser_links
from cxr_tui.journal.gate import State
from cxr_tui.security import crash_report
from cxr_tui.tui.app import WizardApp
from cxr_tui.tui.fields.secret import SecretInput
from cxr_tui.tui.secret_clipboard import SecretOnRequest
from cxr_tui.tui.widgets.instructions import Instruction
from cxr_tui.tui.widgets.rotation_detail import RotationSheet
from cxr_tui.tui.widgets.text_block import fit, wrap
from support.drivers.plain_driver import plain_driven
from support.drivers.wizard_driver import SMALL, WIDE, Driven, driven
from support.worlds.demo_guide import DemoOperator, Dials, open_demo
from support.worlds.toy_guide import MemoryCredentials

PASSWORD = "Sentinel-9f3a-Passwort"

HOSTILE = (
    "[/",
    "[/foo]",
    "[red]x[/red]",
    "[@click=app.exit]quit[/]",
    "\x1b[31mred\x1b[0m \x1b]52;c;aGk=\x07",
    "\u202egnp.exe\u202c",
    "a\rb\x08c\x00d",
    "x" * 10_000,
    "wide 漢字 " * 50,
    "two\nlines",
    "",
)


def assert_safe(drive: Driven) -> None:
    text = drive.text
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\x07" not in text
    assert "\x00" not in text


@pytest.mark.sampled(1)
@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
async def test_hostile_texts_in_values_and_findings_are_only_text(tmp_path: Path, hostile: str) -> None:
    dials = Dials()
    dials.hostile = hostile
    integration = open_demo(tmp_path, operator=DemoOperator(), dials=dials)
    await integration.save("account", {"account_name": hostile.replace(" ", "_") or "empty"})
    async with driven(integration, SMALL) as drive:
        await drive.press("f5")
        assert drive.state("account") is State.FAILED
        assert_safe(drive)
        if hostile.startswith("["):
            assert hostile in drive.words
        for keys in (("f1", "escape"), ("f2", "escape"), ("f4",), ("f3",), ("ctrl+p", "escape")):
            await drive.press(*keys)
            assert_safe(drive)
        assert drive.app.is_running


async def test_a_hostile_value_is_shown_not_changed(tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    await integration.save("account", {"account_name": "acme\x1b[31m"})
    async with driven(integration) as drive:
        assert "acme␛[31m" in drive.text
        await drive.press("f5")
        assert integration.journal_state().known().text("account.account_name") == "acme\x1b[31m"


async def test_a_paste_brings_no_control_characters(tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    async with driven(integration) as drive:
        await drive.type("  acme\x1bretail\x07\nsecond line")
        await drive.press("f5")
        assert integration.journal_state().known().text("account.account_name") == "acmeretail"


@pytest.mark.parametrize("width", [1, 2, 7, 40])
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_wrapping_never_goes_beyond_the_width(text: str, width: int) -> None:
    from rich.cells import cell_len

    assert all(cell_len(line) <= max(width, 2) for line in wrap(text, width))
    assert cell_len(fit(text, 20)) == 20


async def to_the_secret(drive: Driven) -> SecretInput:
    await drive.type("acmeretail")
    await drive.press("f5", "f4", "f9", "f4")
    assert drive.screen.step_id == "first-password"
    await drive.type(PASSWORD)
    return drive.screen.query_one(SecretInput)


async def test_a_secret_is_neither_shown_nor_copied_nor_kept(tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    async with driven(integration, WIDE) as drive:
        line = await to_the_secret(drive)
        assert line.value == PASSWORD
        assert PASSWORD not in drive.text
        assert PASSWORD not in drive.app.export_screenshot()
        line.select_all()
        await drive.press("ctrl+c", "ctrl+x", "ctrl+insert", "f7", "enter", "enter", "escape")
        assert PASSWORD not in drive.app.clipboard
        assert line.value == PASSWORD, "cut takes nothing away either"
        await drive.press("f5")
        assert drive.state("first-password") is State.VERIFIED
        assert (await integration.world.credentials.get("responsys-password")).reveal() == PASSWORD
        assert line.value == ""
        assert "stored in memory of the test" in drive.words
    assert PASSWORD.encode() not in integration.place.read_bytes()


async def test_a_secret_is_not_marked_with_the_mouse_nor_told_by_its_words(tmp_path: Path) -> None:
    async with driven(open_demo(tmp_path), WIDE) as drive:
        line = await to_the_secret(drive)
        drive.app.screen.selections = {line: SELECT_ALL}
        assert PASSWORD not in (drive.app.screen.get_selected_text() or "")
        await drive.press("ctrl+c")
        assert PASSWORD not in drive.app.clipboard
        # where words begin and end would tell of its make
        line.action_cursor_left_word()
        assert line.cursor_position == 0
        line.action_cursor_right_word()
        assert line.cursor_position == len(PASSWORD)
        assert PASSWORD not in repr(line) + str(line) + str(line.render()) + str(drive.app.tree)


def test_a_secret_that_is_shown_for_a_moment_cannot_be_marked() -> None:
    sheet = RotationSheet()
    sheet.revealed = PASSWORD
    assert sheet.get_selection(SELECT_ALL) is None
    instruction = Instruction()
    instruction.show((Visit(Site.AUDIENCE, ("Settings",)),), {}, kept=True)
    instruction.reveal(PASSWORD)
    assert instruction.get_selection(SELECT_ALL) is None


async def test_a_kept_password_is_masked_until_asked_for_and_leaves_with_the_step(tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    soon = Settings(clipboard_seconds=1)
    async with driven(integration, WIDE, app=WizardApp(integration, tmp_path, soon)) as drive:
        await to_the_secret(drive)
        await drive.press("ctrl+k")
        assert "the password stored in the keyring" in drive.text
        await drive.press("f5")
        assert "********  (F7 copies, ^K shows)" in drive.text
        assert PASSWORD not in drive.text + repr(drive.screen.controller.view())
        await drive.press("ctrl+k")
        assert PASSWORD in drive.text
        await drive.press("ctrl+k")
        assert PASSWORD not in drive.text
        # what is laid over the step hides it, and so does another step
        await drive.press("ctrl+k", "f1", "escape")
        assert PASSWORD not in drive.text
        await drive.press("f7", "down", "enter", "escape")
        assert drive.app.clipboard == PASSWORD
        assert "Copied; the clipboard is cleared after 1 s" in drive.text
        assert PASSWORD not in drive.text + drive.app.export_screenshot()
        await drive.press("ctrl+k", "f3")
        assert drive.app.clipboard == ""
        assert "The clipboard was cleared" in drive.text
        await drive.press("f4")
        assert PASSWORD not in drive.text
        await drive.press("f7", "down", "enter", "escape")
        assert drive.app.clipboard == PASSWORD
        await drive.pilot.pause(1.2)
        assert drive.app.clipboard == ""
        assert "The clipboard was cleared" in drive.text


async def test_plain_mode_prints_a_kept_password_only_after_a_yes(tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    for step_id, values in (("account", {"account_name": "acmeretail"}), ("add-user", {})):
        await integration.save_form(step_id, values)
        await integration.check(step_id, lambda _: None)
    await integration.confirm("add-user")
    async with plain_driven(integration) as drive:
        await drive.type("reveal")
        assert "names no stored password" in drive.text
        await integration.keep_secret("first-password", "new_password", Secret(PASSWORD))
        await drive.type("instruction")
        assert "type reveal" in drive.text
        await drive.type("reveal", "no")
        assert PASSWORD not in drive.text
        await drive.type("reveal", "yes")
        assert PASSWORD in drive.talk.said


async def test_plain_mode_has_help_of_what_is_carried_over(tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    await integration.save_form("account", {"account_name": "acmeretail"})
    await integration.check("account", lambda _: None)
    await integration.save_form("add-user", {})
    await integration.check("add-user", lambda _: None)
    await integration.confirm("add-user")
    async with plain_driven(integration) as drive:
        await drive.type("answer user name")
        assert "User name: from step 2, Login name, not asked here." in drive.text


class Holder(Screen[None]):
    """Lays a secret on the clipboard, as the rotation's screen does."""

    async def on_mount(self) -> None:
        credentials = MemoryCredentials()
        await credentials.put("password", Secret(PASSWORD))
        self.secret = SecretOnRequest(self, credentials, lambda _: None, 60)
        self.secret.copy("password")

    def on_unmount(self) -> None:
        self.secret.leave()


async def test_a_crash_leaves_no_secret_on_the_clipboard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    written: list[str] = []
    monkeypatch.setattr(HeadlessDriver, "write", lambda _, text: written.append(text))
    integration = open_demo(tmp_path)
    app = WizardApp(integration, tmp_path / "crashes")

    def explode() -> None:
        raise RuntimeError(PASSWORD)

    async def crash_it() -> None:
        async with driven(integration, app=app) as drive:
            await app.push_screen(Holder())
            await drive.pilot.pause()
            app.call_later(explode)
            await drive.pilot.pause(0.2)

    with pytest.raises(RuntimeError):
        await crash_it()
    clips = [text for text in written if text.startswith("\x1b]52;")]
    assert len(clips) == 2
    assert clips[-1] == "\x1b]52;c;\a"
    said = capsys.readouterr()
    assert PASSWORD not in said.out + said.err


async def test_a_secret_leaves_the_screen_with_its_field(tmp_path: Path) -> None:
    async with driven(open_demo(tmp_path)) as drive:
        line = await to_the_secret(drive)
        await drive.press("f3")
        assert line.value == ""


async def test_a_secret_with_a_fault_stays_to_be_mended_and_is_not_stored(tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    async with driven(integration) as drive:
        line = await to_the_secret(drive)
        line.value = "short"
        await drive.press("f5")
        assert "Use at least 8 characters." in drive.words
        assert not await integration.world.credentials.has("responsys-password")
        assert line.value == "short"


async def test_copying_goes_from_value_to_value(tmp_path: Path) -> None:
    async with driven(open_demo(tmp_path)) as drive:
        await drive.type("acmeretail")
        await drive.press("f5", "f4", "f7", "enter")
        assert drive.app.clipboard == "CXAudienceacmeretail"
        await drive.press("enter", "escape")
        assert drive.app.clipboard == "cx@acme.example"
        assert "Copied Email address: cx@acme.example" in drive.text
        assert not drive.overlaid


async def test_a_click_on_a_value_copies_it(tmp_path: Path) -> None:
    async with driven(open_demo(tmp_path)) as drive:
        await drive.type("acmeretail")
        await drive.press("f5", "f4")
        instruction = drive.screen.pane.instruction
        row = next(at for at, line in enumerate(instruction.lines(78)) if "cx@acme.example" in line.plain)
        drive.screen.pane.body.scroll_to(y=100, animate=False)
        await drive.settle()
        await drive.pilot.click(instruction, offset=(10, row))
        assert drive.app.clipboard == "cx@acme.example"


def test_only_plain_web_addresses_are_opened() -> None:
    assert browser_links.is_web("https://login5.responsys.net/path")
    for text in (
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://",
        "https://user@evil.example",
        "https://a b",
        "https://x\x1b",
        "http://[::1",
        "",
        True,
    ):
        assert not browser_links.is_web(text), text


def test_over_ssh_no_browser_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")
    page = browser_links.Page("Responsys", "https://interact5.responsys.net")
    assert (
        browser_links.open_page(page) == "No browser can be opened over SSH. Address: https://interact5.responsys.net"
    )
    assert browser_links.open_page(browser_links.Page("CX Audience", "", "It is not entered")) == "It is not entered"
    assert not opened


async def test_a_crash_prints_no_values_and_leaves_a_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "crashes"
    integration = open_demo(tmp_path)
    app = WizardApp(integration, folder)

    def explode() -> None:
        password = app.screen.query_one(SecretInput).value
        raise RuntimeError(f"with {password} in it")

    async def crash_it() -> None:
        async with driven(integration, app=app) as drive:
            await to_the_secret(drive)
            app.call_later(explode)
            await drive.pilot.pause(0.2)

    with pytest.raises(RuntimeError):
        await crash_it()
    assert app.return_code == crash_report.EXIT_CODE
    (report,) = folder.glob("crash-*.txt")
    text = report.read_text()
    assert "RuntimeError" in text
    assert MASK in text
    assert "first-password" in text
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    said = capsys.readouterr()
    assert str(report) in (said.out + said.err).replace("\n", "")
    assert PASSWORD not in text + said.out + said.err
    assert "password =" not in said.out + said.err


async def test_an_unexpected_error_of_a_check_is_reported_and_the_wizard_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "crashes"
    dials = Dials()
    monkeypatch.setattr(dials, "host", None)  # makes the check fail in a way nobody foresaw
    integration = open_demo(tmp_path, dials=dials)
    async with driven(integration, app=WizardApp(integration, folder)) as drive:
        await drive.type("acmeretail")
        await drive.press("f5")
        assert "AttributeError" in drive.text
        assert len(list(folder.glob("crash-*.txt"))) == 1
        assert drive.state("account") is State.DRAFT
        assert drive.app.is_running


def test_only_the_last_reports_are_kept(tmp_path: Path) -> None:
    for _ in range(crash_report.KEPT + 3):
        newest = crash_report.write_report(tmp_path, "x")
    assert len(list(tmp_path.glob("crash-*.txt"))) == crash_report.KEPT
    assert newest.exists()


def test_a_report_hides_what_it_is_told_to_hide() -> None:
    secret = Secret("geheim-geheim")
    text = crash_report.report_text(ValueError("geheim-geheim [/ \x1b[31m"), "account", [secret.reveal()])
    assert "geheim-geheim" not in text
    assert "\x1b" not in text
