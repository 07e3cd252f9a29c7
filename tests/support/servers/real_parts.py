"""Real parts for tests of the gateways: an HTTP server over sockets, an OpenSSH server, keys, a Secret Service.

A part that is missing on this machine makes the test fail where CI is set, and skips it elsewhere.
"""

from __future__ import annotations

import contextlib
import getpass
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cxr_tui.domain.responsys_data import HostAnswer
from cxr_tui.gateways.rest.http_client import HttpClient, probe_host
from cxr_tui.gateways.rest.server_clock import ServerClock

LOOPBACK = "127.0.0.1"


def need(*programs: str) -> None:
    """Skip the test where a program is missing; fail it in CI."""
    missing = [program for program in programs if _find(program) is None]
    if missing and os.environ.get("CI"):
        pytest.fail(f"missing on this machine: {', '.join(missing)}")
    if missing:
        pytest.skip(f"missing on this machine: {', '.join(missing)}")


def _find(program: str) -> str | None:
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def free_port() -> int:
    """Return a loopback port without a listener."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


# --- HTTP -------------------------------------------------------------------------------------------------------------

Handler = Callable[[Request], Awaitable[Response] | Response]


@dataclass
class Service:
    """A scripted REST service: what to answer by `METHOD path`, and what was asked."""

    url: str = ""
    answers: dict[str, object] = field(default_factory=dict)
    """JSON to answer, a Response, a list of those (one a call, the last one stays), or a function of the request."""
    asked: list[str] = field(default_factory=list)
    """`METHOD path?query` of every call."""
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    def reset(self) -> None:
        """Forget what was scripted and asked."""
        for kept in (self.answers, self.asked, self.headers, self.bodies):
            kept.clear()

    def count(self, start: str) -> int:
        """Return how many calls began with `METHOD path`."""
        return sum(asked.startswith(start) for asked in self.asked)

    async def answer(self, request: Request) -> Response:
        """Answer one call as scripted; 404 in the documented form where nothing is."""
        path = request.scope["raw_path"].decode()
        query = request.scope["query_string"].decode()
        self.asked.append(f"{request.method} {path}" + (f"?{query}" if query else ""))
        self.headers.append(dict(request.headers))
        self.bodies.append(await request.body())
        scripted = self.answers.get(f"{request.method} {path}")
        if isinstance(scripted, list) and scripted and isinstance(scripted[0], (Response, Fault)):
            scripted = scripted.pop(0) if len(scripted) > 1 else scripted[0]
        if callable(scripted) and not isinstance(scripted, Response):
            scripted = scripted(request)
        if isinstance(scripted, Awaitable):
            scripted = await scripted
        if isinstance(scripted, Fault):
            return scripted.response()
        if isinstance(scripted, Response):
            return scripted
        if scripted is None:
            return Fault(404, "RESOURCE_NOT_FOUND", "Resource not found").response()
        return JSONResponse(scripted)


@dataclass(frozen=True)
class Fault:
    """An error answer of the documented form."""

    status: int
    code: str
    title: str = ""
    detail: str = ""

    def response(self) -> Response:
        """Return it as JSON."""
        body = {"type": "", "title": self.title, "errorCode": self.code, "detail": self.detail, "errorDetails": []}
        return JSONResponse(body, self.status)


def ok(body: object) -> Response:
    """Return a good answer, for lists of answers."""
    return JSONResponse(body)


@contextlib.contextmanager
def http_service(**uvicorn_options: object) -> Iterator[Service]:
    """Run a scripted service on a loopback port in a thread."""
    service = Service()
    app = Starlette(routes=[Route("/{path:path}", service.answer, methods=["GET", "POST", "PUT"])])
    options: dict[str, object] = {"log_level": "critical", "lifespan": "off", "ws": "none"} | uvicorn_options
    server = uvicorn.Server(uvicorn.Config(app, **options))  # type: ignore[arg-type]  # options by name
    # asyncio answers without delay (TCP_NODELAY) only on sockets that name their protocol
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:
        listener.bind((LOOPBACK, 0))
        service.url = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        _wait(lambda: server.started, "the HTTP server")
        try:
            yield service
        finally:
            server.should_exit = True
            thread.join(10)


@contextlib.contextmanager
def raw_server(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """Run a server that lets `talk` treat each connection as it likes; yields the port."""
    ending = threading.Event()

    def serve() -> None:
        while not ending.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            with connection, contextlib.suppress(OSError):
                connection.settimeout(60)
                talk(connection)

    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        listener.listen()
        listener.settimeout(0.05)
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            ending.set()
            thread.join(10)


def silent(connection: socket.socket) -> None:
    """Hear everything and say nothing until the other side goes; a `talk` for `raw_server`."""
    with contextlib.suppress(ConnectionError):
        while connection.recv(4096):
            pass


# --- OpenSSH ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SshServer:
    """A running OpenSSH server, its folder of files, and a private key that it takes."""

    port: int
    user: str
    folder: Path
    key: Path
    fingerprint: str
    """Of its ed25519 host key."""
    rsa_fingerprint: str
    authorized_keys: Path

    def allow(self, key: Path) -> Path:
        """Have the server take one more key and return it."""
        with self.authorized_keys.open("ab") as file:
            file.write(Path(f"{key}.pub").read_bytes())
        return key


def make_key(path: Path, kind: str = "rsa", *options: str, passphrase: str = "") -> Path:
    """Make an SSH key pair with ssh-keygen."""
    size = ["-b", "2048"] if kind == "rsa" else []  # larger ones take seconds to make
    subprocess.run(["ssh-keygen", "-q", "-t", kind, *size, "-N", passphrase, "-f", path, *options], check=True)
    return path


def fingerprint_of(public_key: Path) -> str:
    """Return what ssh-keygen calls the key's fingerprint."""
    told = subprocess.run(["ssh-keygen", "-l", "-f", public_key], check=True, capture_output=True, text=True)
    return told.stdout.split()[1]


@contextlib.contextmanager
def openssh_server(base: Path, **settings: str) -> Iterator[SshServer]:
    """Run a real sshd on a loopback port with new keys; `settings` override its configuration."""
    need("sshd", "ssh-keygen")
    folder = base / "files"
    folder.mkdir(parents=True)
    key = make_key(base / "user_key")
    shutil.copy(f"{key}.pub", base / "authorized_keys")
    host, rsa_host = make_key(base / "host_ed25519", "ed25519"), make_key(base / "host_rsa", "rsa")
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    port = free_port()
    config = {
        "Port": str(port),
        "ListenAddress": LOOPBACK,
        "HostKey": f"{host}\nHostKey {rsa_host}",
        "AuthorizedKeysFile": str(base / "authorized_keys"),
        "PermitRootLogin": "prohibit-password",
        "PasswordAuthentication": "no",
        "KbdInteractiveAuthentication": "no",
        "UsePAM": "no",
        "StrictModes": "no",
        "PidFile": "none",
        "Subsystem": f"sftp internal-sftp -d {folder}",
    } | settings
    (base / "sshd_config").write_text("".join(f"{name} {value}\n" for name, value in config.items()))
    with (base / "sshd.log").open("wb") as log:
        process = subprocess.Popen([_find("sshd") or "sshd", "-D", "-e", "-f", base / "sshd_config"], stderr=log)
    try:
        _wait(lambda: _listens(port), "sshd")
        yield SshServer(
            port,
            getpass.getuser(),
            folder,
            key,
            fingerprint_of(host.with_suffix(".pub")),
            fingerprint_of(rsa_host.with_suffix(".pub")),
            base / "authorized_keys",
        )
    finally:
        process.terminate()
        process.wait(10)


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port), 1):
        return True
    return False


def _wait(ready: Callable[[], bool], what: str, seconds: float = 10.0) -> None:
    until = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > until:
            raise RuntimeError(f"{what} did not start")
        time.sleep(0.01)


# --- Secret Service ---------------------------------------------------------------------------------------------------


_OWNED = (
    "n=0; until dbus-send --session --print-reply=literal --dest=org.freedesktop.DBus /org/freedesktop/DBus "
    "org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets | grep -q true; "
    "do n=$((n+1)); [ $n -lt 400 ] || exit 9; sleep 0.05; done"
)


def with_secret_service(home: Path, script: str, *, unlock: bool, prompter: bool = True, seconds: float = 60) -> str:
    """Run Python code in a separate session with a real gnome-keyring and return what it prints.

    `unlock` opens (and first makes) the keyring with a password; without it the daemon runs and the keyring, if there
    is one, stays locked. Without `prompter` the request to unlock gets no answer.
    """
    need("dbus-run-session", "dbus-send", "gnome-keyring-daemon")
    daemon = "printf pw | gnome-keyring-daemon --unlock --components=secrets"
    if not unlock:
        daemon = "gnome-keyring-daemon --start --components=secrets"
    (home / "work.py").write_text(script)
    # The daemon goes to the background and ends with its session bus. It is there once it owns its name:
    # an earlier request makes the bus start a second one, locked, which wins on a slow machine.
    run = f'{daemon} >"{home}/daemon.log" 2>&1; {_OWNED}; exec "{sys.executable}" "{home}/work.py"'
    environ = {
        name: value for name, value in os.environ.items() if not name.startswith(("DBUS_", "DISPLAY", "WAYLAND"))
    }
    environ |= {"HOME": str(home), "XDG_RUNTIME_DIR": str(home), "XDG_DATA_HOME": str(home / "data")}
    command = ["dbus-run-session"]
    if not prompter:
        command += ["--config-file", str(_session_without_services(home))]
    done = subprocess.run(
        [*command, "--", "sh", "-c", run], env=environ, capture_output=True, text=True, timeout=seconds, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _session_without_services(home: Path) -> Path:
    path = home / "session.conf"
    path.write_text(
        '<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" '
        '"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">'
        f"<busconfig><type>session</type><listen>unix:tmpdir={home}</listen>"
        '<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>'
        '<allow own="*"/></policy></busconfig>'
    )
    return path


async def probed(url: str, clock: ServerClock | None = None) -> HostAnswer:
    """Probe a host over separate connections."""
    http = HttpClient(clock or ServerClock())
    try:
        return await probe_host(http, url)
    finally:
        await http.close()
