"""Fixtures that several test modules share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import textual._wait
from real_parts import Service, SshServer, http_service, openssh_server
from warm import WarmPython

from cxr_tui.privacy.scratch import use_state_folder
from cxr_tui.sandbox import client

textual._wait.SLEEP_GRANULARITY = 1 / 100
"""Seconds that Pilot looks at every pause whether anything goes on; its own 1/50 took a quarter of such tests."""


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
