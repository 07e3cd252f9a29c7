"""Runs gpg in a home of the sandbox's own."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import PIPE
from pathlib import Path


async def run_gpg(home: Path, *arguments: str, data: bytes = b"") -> tuple[bool, bytes, bytes]:
    """Run gpg on `data` and return whether it succeeded, its standard output and its standard error."""
    command = ("gpg", "--homedir", str(home), "--batch", "--no-tty", "--quiet", *arguments)
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=PIPE)
    out, err = await process.communicate(data)
    return process.returncode == 0, out, err
