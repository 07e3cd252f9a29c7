"""Fixtures that several test modules share."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator

import pytest
import textual.app
import textual.pilot

from cxr_tui.sandbox import client
from cxr_tui.security.scratch_folders import use_state_folder
from support import sampling
from support.processes.preloaded_python import WarmPython
from support.servers.real_parts import Service, SshServer, http_service, openssh_server

TURNS = 8
"""Turns of the event loop after which what a key or a pause began has been handed on to where it is handled."""


async def let_turns_pass(*_: float) -> None:
    """Stand in for Pilot's wait until the processor idles, which on a busy machine takes a second for every key."""
    for _turn in range(TURNS):
        await asyncio.sleep(0)


def pytest_addoption(parser: pytest.Parser) -> None:
    sampling.add_options(parser)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    sampling.configure(config)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # started in the background: every program would ignore it
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    sampling.sample(config, items)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(sampling.summary())


@pytest.fixture(scope="session", autouse=True)
def quick_pilot() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(textual.app, "wait_for_idle", let_turns_pass)
        patch.setattr(textual.pilot, "wait_for_idle", let_turns_pass)
        yield


@pytest.fixture(scope="session", autouse=True)
def loaded_sandboxes() -> Iterator[None]:
    """Let sandboxes that tests start in their own process be forks of one that is loaded already."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "PYTHON", WarmPython())
        yield


@pytest.fixture(scope="session", autouse=True)
def own_state_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep what runs in the tests' own process out of the developer's state folder."""
    use_state_folder(tmp_path_factory.mktemp("state"))


@pytest.fixture(scope="session")
def running_service() -> Iterator[Service]:
    """Run one HTTP server for all tests; starting one takes longer than most of them."""
    with http_service() as running:
        yield running


@pytest.fixture
def service(running_service: Service) -> Service:
    """Return a scripted REST service on a loopback port, with nothing scripted and nothing asked."""
    running_service.reset()
    return running_service


@pytest.fixture(scope="session")
def openssh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    """Run a real OpenSSH server that takes one RSA key."""
    with openssh_server(tmp_path_factory.mktemp("sshd")) as running:
        yield running
