"""The public keys of the sandbox's Responsys."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cxr_tui.sandbox.responsys.public_keys import PublicKeys
from support.gpg_keys import gpg_bench


@pytest.mark.sampled(2)
@pytest.mark.parametrize("length", range(60, 125, 8))
async def test_a_key_is_imported_and_used_however_long_the_folders_path_is(length: int, tmp_path: Path) -> None:
    folder = tmp_path / "home"
    while len(str(folder)) + 2 < length:
        folder /= "d" * min(20, length - len(str(folder)) - 1)
    plain, target = tmp_path / "plain", tmp_path / "plain.gpg"
    plain.write_bytes(b"1,2,3\n")
    with gpg_bench() as bench:
        bench.make("audience", "default")
        keys = PublicKeys(folder, lambda: datetime.now(UTC))
        await keys.import_key("audience", bench.public("audience"))
        await keys.encrypt(plain, target, "audience", compress=True)
        assert bench.gpg("--decrypt", str(target)) == b"1,2,3\n"
