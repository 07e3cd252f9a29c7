"""Fixtures that several test modules share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from real_parts import Service, SshServer, http_service, openssh_server


@pytest.fixture
def service() -> Iterator[Service]:
    """A scripted REST service on a loopback port."""
    with http_service() as running:
        yield running


@pytest.fixture(scope="session")
def openssh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    """A real OpenSSH server that takes one RSA key."""
    with openssh_server(tmp_path_factory.mktemp("sshd")) as running:
        yield running
