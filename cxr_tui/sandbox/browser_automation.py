"""The sandbox's operator: makes the visits that a person would make in a browser, over the desk."""

from __future__ import annotations

import asyncio
import base64
import itertools
import os
import ssl
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxr_tui.domain.answers import Value
from cxr_tui.domain.errors import MalformedError, Reach, ServiceFaultError, UnreachableError
from cxr_tui.domain.instruction import Carried, FileRef, SecretRef, Shown, Site, Typed, Visit, VisitRefusedError
from cxr_tui.domain.ports import Credentials
from cxr_tui.domain.secret import Secret
from cxr_tui.security.private_files import expanded, open_named, open_private, private_folder

if TYPE_CHECKING:
    import httpx

VISIT_LIMIT = 600.0
"""Seconds for one visit; waiting at the calendar may let many runs happen."""


KEPT_SECONDS = 2.0
"""How long an idle connection is kept: the desk closes it after five, and a visit into that moment would be lost."""


class SandboxOperator:
    """Carries out visits one after another; downloads are kept under `downloads`, readable for their owner only."""

    def __init__(self, desk: str, token: str, downloads: Path) -> None:
        self._desk = desk
        self._token = token
        self._downloads = downloads
        self._client: httpx.AsyncClient | None = None
        self._downloaded: dict[str, Path] = {}
        """The newest file by the label it stood under, for the next screen that asks for it."""

    async def perform(self, visit: Visit, seen: Mapping[str, Value | Secret], credentials: Credentials) -> Shown:
        """Make one visit; VisitRefusedError with what the screen said, UnreachableError when the desk is gone.

        NothingStoredError and StoreUnusableError where a secret that is to be typed cannot be had.
        """
        entries = {label: await self._typed(visit, value, seen, credentials) for label, value in visit.entries.items()}
        answer = await self._call(visit, entries)
        files = {label: await asyncio.to_thread(self._keep, file) for label, file in answer.get("files", {}).items()}
        self._downloaded |= files
        return Shown(
            message=str(answer.get("message", "")),
            values=_values(answer.get("values", {})),
            secrets={label: Secret(str(text)) for label, text in answer.get("secrets", {}).items()},
            files=files,
        )

    async def look(self, site: Site, path: Sequence[str]) -> Mapping[str, Value]:
        """Return what a screen shows now, by label; VisitRefusedError where there is no such screen."""
        return _values((await self._call(Visit(site, tuple(path)), {})).get("values", {}))

    async def close(self) -> None:
        """Close the line to the desk."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _typed(
        self, visit: Visit, value: Typed, seen: Mapping[str, Value | Secret], credentials: Credentials
    ) -> object:
        match value:
            case SecretRef(item):
                return (await credentials.get(item)).reveal()
            case FileRef(path):
                return await asyncio.to_thread(_file, visit, path)
            case Carried(label) if label in seen:
                carried = seen[label]
                return carried.reveal() if isinstance(carried, Secret) else carried
            case Carried(label) if label in self._downloaded:
                return await asyncio.to_thread(_file, visit, str(self._downloaded[label]))
            case Carried(label):
                raise VisitRefusedError(visit, f"nothing was shown under {label} before")
            case _:
                return value

    async def _call(self, visit: Visit, entries: Mapping[str, object]) -> dict[str, Any]:
        import httpx

        client = self._open()
        call = {"site": visit.site.value, "path": visit.path, "entries": entries, "press": visit.press}
        try:
            response = await client.post("/visit", json=call)
        except httpx.TimeoutException:
            raise UnreachableError(Reach.TIMEOUT, "the sandbox's desk") from None
        except httpx.TransportError:
            raise UnreachableError(Reach.REFUSED, "the sandbox's desk", "the sandbox has ended") from None
        return _answer(visit, response)

    def _open(self) -> httpx.AsyncClient:
        import httpx

        if self._client is None:
            self._client = httpx.AsyncClient(
                base_url=self._desk,
                headers={"X-Desk-Token": self._token},
                timeout=httpx.Timeout(VISIT_LIMIT, connect=10),
                limits=httpx.Limits(keepalive_expiry=KEPT_SECONDS),
                trust_env=False,  # no proxy stands between this process and its own machine
                verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),  # trusts nobody, for the desk speaks plain HTTP
            )
        return self._client

    def _keep(self, file: Mapping[str, str]) -> Path:
        """Write a downloaded file once: the same file again gets the same path, another one a free name."""
        data = base64.b64decode(file["base64"])
        private_folder(self._downloads)
        for path in _names(self._downloads, file["name"]):
            try:
                descriptor = open_private(path, fresh=True)
            except FileExistsError:
                if path.read_bytes() == data:
                    return path
                continue
            with os.fdopen(descriptor, "wb") as kept:
                kept.write(data)
            return path
        raise AssertionError("free names never run out")


def _answer(visit: Visit, response: httpx.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if response.status_code == 409 and isinstance(answer, dict):
        raise VisitRefusedError(visit, str(answer.get("refused", "")))
    if response.status_code != 200:
        raise ServiceFaultError(response.status_code, "the sandbox's desk failed; its own output says why")
    if not isinstance(answer, dict):
        raise MalformedError("the sandbox's desk: the answer is no JSON object")
    return answer


def _file(visit: Visit, path: str) -> dict[str, dict[str, str]]:
    chosen = expanded(path)
    try:
        with open_named(chosen) as file:
            data = file.read()
    except OSError as error:
        raise VisitRefusedError(visit, f"{chosen.name}: {error.strerror}") from None
    return {"file": {"name": chosen.name, "base64": base64.b64encode(data).decode()}}


def _names(folder: Path, name: str) -> itertools.chain[Path]:
    plain = Path(Path(name).name or "download")
    others = (folder / f"{plain.stem} ({number}){plain.suffix}" for number in itertools.count(2))
    return itertools.chain((folder / plain.name,), others)


def _values(given: Mapping[str, Any]) -> dict[str, Value]:
    for label, value in given.items():
        fits = isinstance(value, str | bool | int)
        fits = fits or (isinstance(value, list) and all(isinstance(one, str) for one in value))
        fits = fits or (isinstance(value, dict) and all(isinstance(one, str) for one in value.values()))
        if not fits:
            raise MalformedError(f"the sandbox's desk: {label} is of no known kind")
    return dict(given)
