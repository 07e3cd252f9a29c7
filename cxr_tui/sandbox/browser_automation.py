"""The sandbox's operator: makes the visits that a person would make in a browser, over the control API."""

from __future__ import annotations

import asyncio
import functools
import http.client
import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from cxr_tui.domain.answers import Value
from cxr_tui.domain.errors import MalformedError, Reach, ServiceFaultError, UnreachableError
from cxr_tui.domain.instruction import Carried, FileRef, SecretRef, Shown, Site, Typed, Visit, VisitRefusedError
from cxr_tui.domain.ports import Credentials
from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.control_call import VisitCall, call_control_api
from cxr_tui.sandbox.shared.screens import PageShows, Upload
from cxr_tui.security.private_files import expanded, open_named, private_folder, write_private
from cxr_tui.system.threads import run_in_thread

VISIT_LIMIT = 600.0
"""Seconds for one visit; many runs may happen while a person waits at the calendar."""
_API = "the sandbox's control API"


class SandboxOperator:
    """Carries out visits one after another; downloads are kept under `downloads`, readable for their owner only."""

    def __init__(self, control_api: str, token: str, downloads: Path) -> None:
        self._call = functools.partial(call_control_api, control_api, token, "POST", "/visit")
        self._downloads = downloads
        self._downloaded: dict[str, Path] = {}
        """The newest file by the label on its screen, for the next screen that asks for it."""

    async def perform(self, visit: Visit, seen: Mapping[str, Value | Secret], credentials: Credentials) -> Shown:
        """Make one visit; VisitRefusedError with the screen's message, UnreachableError when the sandbox has ended.

        NothingStoredError and StoreUnusableError if a secret to type is not available.
        """
        entries = {label: await self._typed(visit, value, seen, credentials) for label, value in visit.entries.items()}
        answer = await self._visit(visit, entries)
        files = {label: await asyncio.to_thread(self._keep, *file) for label, file in answer.files.items()}
        self._downloaded |= files
        secrets = {label: Secret(text) for label, text in answer.secrets.items()}
        return Shown(answer.values, secrets, files)

    async def look(self, site: Site, path: Sequence[str]) -> Mapping[str, Value]:
        """Return what a screen shows now, by label; VisitRefusedError where there is no such screen."""
        return (await self._visit(Visit(site, tuple(path)), {})).values

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

    async def _visit(self, visit: Visit, entries: Mapping[str, object]) -> PageShows:
        files = {label: value for label, value in entries.items() if isinstance(value, Upload)}
        others = {label: value for label, value in entries.items() if label not in files}
        body = msgspec.json.encode(VisitCall(visit.site, visit.path, others, files, visit.press))
        try:
            status, answer = await run_in_thread(lambda: self._call(body, VISIT_LIMIT), VISIT_LIMIT, "visit")
            if status == 409:
                raise VisitRefusedError(visit, msgspec.json.decode(answer, type=dict[str, str])["refused"])
            if status != 200:
                raise ServiceFaultError(status, f"{_API} failed; see its own output")
            return msgspec.json.decode(answer, type=PageShows)
        except TimeoutError:
            raise UnreachableError(Reach.TIMEOUT, _API) from None
        except (OSError, http.client.HTTPException):
            raise UnreachableError(Reach.REFUSED, _API, "the sandbox has ended") from None
        except (msgspec.MsgspecError, KeyError):
            raise MalformedError(f"{_API}: the answer has another form") from None

    def _keep(self, name: str, data: bytes) -> Path:
        """Write a downloaded file once: the same content gets the same path, another file a free name."""
        private_folder(self._downloads)
        path = plain = self._downloads / (Path(name).name or "download")
        for number in itertools.count(2):
            if not path.exists() or path.read_bytes() == data:
                break
            path = plain.with_name(f"{plain.stem} ({number}){plain.suffix}")
        write_private(path, data)
        return path


def _file(visit: Visit, path: str) -> Upload:
    chosen = expanded(path)
    try:
        with open_named(chosen) as file:
            return Upload(chosen.name, file.read())
    except OSError as error:
        raise VisitRefusedError(visit, f"{chosen.name}: {error.strerror}") from None
