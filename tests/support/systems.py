"""Other operating systems, as far as advice depends on them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest


def running_on(
    monkeypatch: pytest.MonkeyPatch, system: str, like: str, environ: Mapping[str, str] | None = None
) -> None:
    """Let this be a system with the names of its distribution and its parents, and with this environment alone."""
    name, *parents = like.split() or [""]

    def release() -> dict[str, str]:
        return {"ID": name, "ID_LIKE": " ".join(parents)}

    monkeypatch.setattr("sys.platform", system)
    monkeypatch.setattr("platform.freedesktop_os_release", release)
    if environ is not None:
        monkeypatch.setattr("os.environ", dict(environ))
