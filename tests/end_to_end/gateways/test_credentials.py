"""The keyring: a real Secret Service, and everything that only looks like a store."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, null
from keyring.compat.properties import classproperty
from keyring.errors import KeyringLocked, PasswordSetError

from cxr_tui.domain import ports
from cxr_tui.domain.errors import NothingStoredError, StoreUnusableError
from cxr_tui.domain.secret import Secret
from cxr_tui.gateways.keyring import backend as store_module
from cxr_tui.gateways.keyring.credentials import KeyringCredentials
from cxr_tui.gateways.keyring.troubleshooting import store_advice
from support.memory_keyring import Memory
from support.servers.real_parts import with_secret_service
from support.systems import running_on

ITEM = "responsys-password"


async def test_put_get_has_drop() -> None:
    backend = Memory()
    credentials: ports.Credentials = KeyringCredentials("acme", backend, "test memory")
    assert credentials.store == "test memory"
    assert not await credentials.has(ITEM)
    await credentials.put(ITEM, Secret("pä55 &%"))
    assert backend.kept == {("cxr-tui/acme/responsys-password", "acme"): "pä55 &%"}
    assert await credentials.has(ITEM)
    assert (await credentials.get(ITEM)).reveal() == "pä55 &%"
    await credentials.drop(ITEM)
    await credentials.drop(ITEM)
    with pytest.raises(NothingStoredError) as caught:
        await credentials.get(ITEM)
    assert caught.value.item == ITEM


async def test_all_calls_come_from_one_thread() -> None:
    backend = Memory()
    credentials = KeyringCredentials("acme", backend)
    await asyncio.gather(*(credentials.put(f"item-{number}", Secret("x")) for number in range(8)))
    assert backend.threads == {"keyring"}


async def test_what_is_not_given_back_is_not_stored() -> None:
    class Forgetful(Memory):
        def set_password(self, service: str, username: str, password: str) -> None:
            self.kept[service, username] = password.strip()

    with pytest.raises(StoreUnusableError, match="returned a different value") as caught:
        await KeyringCredentials("acme", Forgetful()).put(ITEM, Secret(" s3cret "))
    assert "s3cret" not in str(caught.value)


async def test_a_secret_that_not_every_store_keeps() -> None:
    backend = Memory()
    credentials = KeyringCredentials("acme", backend)
    await credentials.put(ITEM, Secret("x" * 1280))
    for long in ("x" * 1281, "\U0001f511" * 641):
        with pytest.raises(StoreUnusableError, match="longer than 1280"):
            await credentials.put("long", Secret(long))
    assert len(backend.kept) == 1


async def test_a_store_that_never_answers_holds_nothing_up() -> None:
    release = threading.Event()

    class Silent(Memory):
        def get_password(self, service: str, username: str) -> str | None:
            release.wait()
            return None

    credentials = KeyringCredentials("acme", Silent(), limit_seconds=0.1)
    for _ in range(3):
        with pytest.raises(StoreUnusableError, match="did not answer"):
            await credentials.get(ITEM)
    release.set()


@pytest.mark.parametrize(
    "error", [KeyringLocked("Failed to unlock!"), PasswordSetError("s3cret is bad"), RuntimeError("\x1b[31m")]
)
async def test_errors_of_a_store_name_it_and_show_no_secret(error: Exception) -> None:
    class Broken(Memory):
        name = "Broken Store"

        def set_password(self, service: str, username: str, password: str) -> None:
            raise error

    with pytest.raises(StoreUnusableError, match="Broken Store: ") as caught:
        await KeyringCredentials("acme", Broken()).put(ITEM, Secret("s3cret"))
    assert "s3cret" not in str(caught.value)
    assert "\x1b" not in str(caught.value)
    assert caught.value.__suppress_context__


class PlaintextKeyring(Memory):
    priority = 5


class Weak(Memory):
    priority = 0.5  # type: ignore[assignment]  # a plain value where the base class computes one


class Dead(Memory):
    @classproperty
    def priority(cls) -> float:  # noqa: N805 - it is a class property
        raise RuntimeError("needs D-Bus")


@pytest.mark.parametrize(
    ("backend", "named"),
    [
        (fail.Keyring, "no credential store"),
        (null.Keyring, "switched off"),
        (PlaintextKeyring, "readable in a file"),
        (Weak, "not a recommended store"),
        (Dead, "cannot be used: needs D-Bus"),
    ],
)
async def test_what_only_looks_like_a_store(
    backend: type[KeyringBackend], named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keyring.get_keyring", backend)
    with pytest.raises(StoreUnusableError, match=named):
        await KeyringCredentials("acme").has(ITEM)


async def test_the_first_real_store_is_taken_out_of_a_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = Memory(), Memory()

    class Chain(chainer.ChainerBackend):
        backends = (Weak(), first, second)

    monkeypatch.setattr("keyring.get_keyring", Chain)
    credentials = KeyringCredentials("acme")
    assert credentials.store == "this system's keyring"
    await credentials.put(ITEM, Secret("x"))
    assert credentials.store != "this system's keyring"
    monkeypatch.setattr("keyring.get_keyring", lambda: second)
    assert await credentials.has(ITEM)
    assert len(first.kept) == 1
    assert second.kept == {}


async def test_a_named_backend_needs_no_priority() -> None:
    await KeyringCredentials("acme", Weak(), "sandbox memory, gone with it").put(ITEM, Secret("x"))
    nothing: type[KeyringBackend] = null.Keyring
    with pytest.raises(StoreUnusableError):
        await KeyringCredentials("acme", nothing(), "sandbox").put(ITEM, Secret("x"))


def test_a_name_is_never_empty() -> None:
    with pytest.raises(ValueError, match="name"):
        KeyringCredentials("")


def test_the_keyring_library_is_loaded_at_first_use_only() -> None:
    code = "import sys; from cxr_tui.gateways.keyring.credentials import KeyringCredentials as K; K('a')"
    code += "; print('keyring' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == b"False\n"


# --- a real Secret Service --------------------------------------------------------------------------------------------

WORK = """
import asyncio, time
from cxr_tui.gateways.keyring.credentials import KeyringCredentials
from cxr_tui.domain.errors import NothingStoredError, StoreUnusableError
from cxr_tui.domain.secret import Secret

async def main():
    credentials = KeyringCredentials("acme", limit_seconds={limit})
    started = time.monotonic()
    try:
        {work}
    except (NothingStoredError, StoreUnusableError) as error:
        print(type(error).__name__, error)
    print("seconds", int(time.monotonic() - started))

asyncio.run(main())
"""


def script(work: str, limit: float = 20) -> str:
    return WORK.format(limit=limit, work="\n        ".join(work.splitlines()))


def test_secret_service(tmp_path: Path) -> None:
    work = """print(await credentials.has("a"), credentials.store)
await credentials.put("a", Secret("gehe\\u00efm &%+"))
await credentials.put("b", Secret("other"))
await credentials.put("a", Secret("n\\u00ebw &%+"))
print((await KeyringCredentials("acme").get("a")).reveal() == "n\\u00ebw &%+", await credentials.has("b"))
print(await KeyringCredentials("other").has("a"))
await credentials.drop("a")
print(await credentials.has("a"))
await credentials.get("a")"""
    told = with_secret_service(tmp_path, script(work), unlock=True).splitlines()
    assert told[:4] == ["False Secret Service", "True True", "False", "False"]
    assert told[4] == "NothingStoredError nothing is stored under a"
    again = with_secret_service(tmp_path, script('print((await credentials.get("b")).reveal())'), unlock=True)
    assert again.splitlines()[0] == "other"


def test_a_locked_keyring_is_said_in_time(tmp_path: Path) -> None:
    with_secret_service(tmp_path, script('await credentials.put("a", Secret("x"))'), unlock=True)
    for prompter in (True, False):
        told = with_secret_service(
            tmp_path, script('await credentials.get("a")', limit=3), unlock=False, prompter=prompter
        )
        error, seconds = told.splitlines()
        assert error.startswith("StoreUnusableError")
        assert "Secret Service" in error
        assert "The keyring of the store is locked" in error
        assert "Install" not in error
        assert int(seconds.split()[1]) <= 5


def test_no_secret_service_at_all(tmp_path: Path) -> None:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("DBUS_", "PYTHON_KEYRING"))}
    done = subprocess.run(
        [sys.executable, "-c", script('await credentials.get("a")')],
        env=environ | {"XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "StoreUnusableError no credential store can be reached on this system" in done.stdout
    assert "D-Bus" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("name", "named"),
    [("keyring.backends.null.Keyring", "keeps nothing"), ("no.such.Backend", "does not start: No module named 'no'")],
)
def test_a_backend_forced_by_the_environment(tmp_path: Path, name: str, named: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", script('await credentials.put("a", Secret("x"))')],
        env=os.environ | {"PYTHON_KEYRING_BACKEND": name},
        capture_output=True,
        text=True,
        check=True,
    )
    assert named in done.stdout
    assert "PYTHON_KEYRING_BACKEND is set" in done.stdout


CONFIGURATIONS = {
    "no such module": (
        "[backend]\ndefault-keyring=keyrings.alt.PlaintextKeyring",
        "default-keyring",
        "No module named",
    ),
    "no such class": (
        "#\n\n[backend]\ndefault-keyring = keyring.backends.fail.Keyrings",
        "default-keyring",
        "Keyrings",
    ),
    "null": ("[backend]\ndefault-keyring=keyring.backends.null.Keyring", "default-keyring", "keeps nothing"),
    "fail": ("[backend]\ndefault-keyring: keyring.backends.fail.Keyring", "default-keyring", "no credential store"),
    "no section": ("default-keyring=keyring.backends.SecretService.Keyring", "cannot be read", "does not start"),
    "not text": ("\xff\xfe", "cannot be read", "does not start"),
}


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_a_backend_chosen_in_the_configuration_file_is_named_with_its_line(tmp_path: Path, name: str) -> None:
    content, place, said = CONFIGURATIONS[name]
    path = tmp_path / "python_keyring" / "keyringrc.cfg"
    path.parent.mkdir()
    path.write_bytes(content.encode("latin-1"))
    done = subprocess.run(
        [sys.executable, "-c", script('await credentials.put("a", Secret("x"))')],
        env=os.environ | {"XDG_CONFIG_HOME": str(tmp_path), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "StoreUnusableError" in done.stdout
    assert [part for part in (f"{path}", place, said, "correct or remove") if part not in done.stdout] == []
    assert "Install" not in done.stdout


def test_a_configuration_that_names_the_system_s_own_store_is_not_to_blame(tmp_path: Path) -> None:
    path = tmp_path / ".config" / "python_keyring" / "keyringrc.cfg"
    path.parent.mkdir(parents=True)
    path.write_text("[backend]\ndefault-keyring=keyring.backends.SecretService.Keyring")
    told = with_secret_service(tmp_path, script('await credentials.get("a")', limit=3), unlock=False, prompter=False)
    assert "keyring of the store is locked or was never created" in told
    assert "keyringrc.cfg" not in told
    assert "Install" not in told


@pytest.mark.parametrize("left", ["nothing", "a socket that nothing listens at"])
def test_a_session_bus_that_is_gone_is_named(tmp_path: Path, left: str) -> None:
    path = tmp_path / "bus"
    if left != "nothing":
        with socket.socket(socket.AF_UNIX) as bus:
            bus.bind(str(path))
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON_KEYRING")}
    done = subprocess.run(
        [sys.executable, "-c", script('await credentials.get("a")')],
        env=environ | {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={path},guid=1", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"DBUS_SESSION_BUS_ADDRESS points to a session bus that cannot be reached ({path}" in done.stdout
    assert "Install" not in done.stdout


# --- advice -----------------------------------------------------------------------------------------------------------

DESKTOP = {"DBUS_SESSION_BUS_ADDRESS": "unix:abstract=/tmp/dbus-1", "DISPLAY": ":0"}
SSH = {"SSH_CONNECTION": "10.0.0.1 5 10.0.0.2 22"}


@pytest.mark.parametrize(
    ("system", "environ", "like", "parts"),
    [
        ("linux", DESKTOP, "ubuntu debian", ["apt-get install gnome-keyring", "unlock the keyring"]),
        ("linux", DESKTOP, "fedora", ["dnf install gnome-keyring"]),
        ("linux", DESKTOP, "arch", ["pacman -S gnome-keyring"]),
        ("linux", DESKTOP, "gentoo", ["gnome-keyring or KWallet"]),
        ("linux", SSH, "debian", ["This SSH session has no D-Bus", "dbus-run-session"]),
        ("linux", DESKTOP | SSH, "debian", ["apt-get", "dbus-run-session"]),
        ("darwin", {}, "", ["Keychain Access"]),
        ("darwin", SSH, "", ["Keychain Access", "security unlock-keychain"]),
        ("win32", {}, "", ["Credential Manager", "VaultSvc"]),
        ("win32", SSH, "", ["SSH session", "desktop"]),
    ],
)
def test_advice_for_each_system(
    system: str, environ: dict[str, str], like: str, parts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    running_on(monkeypatch, system, like, environ)
    text = "; ".join(store_advice())
    assert [part for part in parts if part not in text] == []


def test_the_first_advice_over_ssh_on_windows_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    running_on(monkeypatch, "win32", "", SSH)
    [advice] = store_advice()
    assert advice.endswith("log in at the desktop or by Remote Desktop")


def test_stores_have_names_in_words() -> None:
    from keyring.backends import SecretService, kwallet

    assert store_module.display_name(SecretService.Keyring()) == "Secret Service"  # type: ignore[no-untyped-call]  # keyring leaves it untyped
    assert store_module.display_name(kwallet.DBusKeyring()) == "KWallet"  # type: ignore[no-untyped-call]  # keyring leaves it untyped
