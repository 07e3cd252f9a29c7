"""A Python in which the program is loaded already: every run is a fork of it, so that tests do not wait for imports.

The run is still a separate process, with its own arguments, environment, folder and streams. Loading is a
third of what a short rehearsal costs the processor, and the suite makes some hundred and fifty. Not for tests of what
`/proc` tells of a process, or of starting up.

`python()` returns a command that takes `-m cxr_tui ...` and `-P -m cxr_tui.sandbox ...` as Python does.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import gc
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from support.paths import program
from support.processes.cli_process import LIMIT, Ended, environment

LAUNCHER = """#!{python} -IS
import json, os, signal, socket, sys
line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
line.connect({place!r})
told = json.dumps([sys.argv[1:], dict(os.environ), os.getcwd()]).encode()
line.sendall(len(told).to_bytes(4, "big"))
socket.send_fds(line, [b"x"], [0, 1, 2])
line.sendall(told)
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, lambda number, _: line.sendall(bytes([number])))
status = b""
while len(status) < 2 and (more := line.recv(2)):
    status += more
code = int.from_bytes(status, "big", signed=True) if len(status) == 2 else 70
if code < 0:
    signal.signal(-code, signal.SIG_DFL) if code != -signal.SIGKILL else None
    os.kill(os.getpid(), -code)
sys.exit(code)
"""


@functools.cache
def python() -> str:
    """Start the loaded Python if that was not done yet, and return a command that runs forks of it."""
    folder = Path(tempfile.mkdtemp(prefix="warm-"))
    place, launcher = folder / "s", folder / "python"
    server = subprocess.Popen(
        [*program("support.processes.preloaded_python"), str(place)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert server.stdin is not None
    assert server.stdout is not None
    assert server.stdout.readline() == b"ready\n"
    launcher.write_text(LAUNCHER.format(python=sys.executable, place=str(place)))
    launcher.chmod(0o700)

    def end() -> None:
        assert server.stdin is not None
        server.stdin.close()
        server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(end)
    return str(launcher)


class WarmPython:
    """The same as a path, started only when it is needed."""

    def __fspath__(self) -> str:
        return python()


def cxr_tui(*arguments: str, home: Path, stdin: str = "", limit: int = LIMIT) -> Ended:
    """Run `cxr-tui` to its end, as `programs.cxr_tui` does."""
    ended = subprocess.run(
        [python(), "-m", "cxr_tui", *arguments],
        env=environment(home),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=limit,
        check=False,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


# --- The loaded Python ------------------------------------------------------------------------------------------------


def load(launcher: str) -> dict[str, Callable[[list[str]], int]]:
    """Load what commands without a screen and the sandbox load, and return their entrances by module."""
    import keyring  # noqa: F401 - loaded so that the forks need not
    import paramiko  # noqa: F401 - likewise

    from cxr_tui.cli.main import main
    from cxr_tui.gateways.rest.tls import trusted
    from cxr_tui.sandbox import client
    from support.sandboxes.observed_sandbox import main as sandbox

    client.PYTHON = launcher
    trusted()
    return {"cxr_tui": main, "cxr_tui.sandbox": sandbox}


def serve(place: str) -> None:
    """Fork for every line that comes in, until standard input ends."""
    entrances = load(str(Path(place).with_name("python")))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the forks need no waiting here: the reader of each line waits
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(place)
        listener.listen(64)
        gc.collect()
        gc.freeze()
        os.write(1, b"ready\n")
        while True:
            ready, _, _ = select.select([listener.fileno(), 0], [], [])
            if 0 in ready:
                return
            line, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                _look_after(line, entrances)
            line.close()


def _look_after(line: socket.socket, entrances: dict[str, Callable[[list[str]], int]]) -> NoReturn:
    """Run what the line asks for in one more fork, pass signals on to it, and tell how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    size = int.from_bytes(line.recv(4, socket.MSG_WAITALL), "big")
    _, streams, _, _ = socket.recv_fds(line, 1, 3)
    arguments, environ, folder = json.loads(line.recv(size, socket.MSG_WAITALL))
    worker = os.fork()
    if worker == 0:
        line.close()
        _work(entrances, arguments, environ, folder, streams)
    for number in (0, 1, 2, *streams):
        os.close(number)

    def pass_on() -> None:
        with contextlib.suppress(ProcessLookupError):
            while told := line.recv(1):
                os.kill(worker, told[0])
            os.kill(worker, signal.SIGKILL)  # the asking process was killed

    threading.Thread(target=pass_on, daemon=True).start()
    code = os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1])
    with contextlib.suppress(OSError):
        line.sendall(code.to_bytes(2, "big", signed=True))
    os._exit(0)


def _work(
    entrances: dict[str, Callable[[list[str]], int]],
    arguments: list[str],
    environ: dict[str, str],
    folder: str,
    streams: list[int],
) -> NoReturn:
    code: Any = 70
    try:
        os.setsid()
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environ)
        _, *sys.argv = arguments[arguments.index("-m") :]
        code = entrances[sys.argv[0]](sys.argv[1:])
    except SystemExit as ending:
        code = ending.code
    except BaseException:  # noqa: BLE001 - a fork must never go on in the code of its server
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 70)


if __name__ == "__main__":
    serve(sys.argv[1])
