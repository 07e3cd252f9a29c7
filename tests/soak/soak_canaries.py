"""Whether a secret got out: into a file, a log, an output, or what every user can see of a process."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote, quote_plus

import polars


class Canaries:
    """Every secret that ever came into being, and the places where none of them may be."""

    def __init__(self) -> None:
        self._texts: set[str] = set()
        self._forms: set[str] = set()
        self._lock = threading.Lock()
        self.scanned = 0
        """Bytes looked through."""

    def __len__(self) -> int:
        return len(self._texts)

    def add(self, texts: Iterable[str]) -> None:
        """Know further secrets."""
        with self._lock:
            for text in set(texts) - self._texts:
                self._texts.add(text)
                self._forms |= _forms(text)

    def found_in(self, octets: bytes) -> bool:
        """Say whether any secret, in any usual form, stands somewhere in these octets."""
        with self._lock:
            forms = list(self._forms)
            self.scanned += len(octets)
        if not octets or not forms:
            return False
        column = polars.Series([octets.decode("latin-1")])
        return bool(column.str.contains_any(forms).any())

    def in_files(self, folders: Iterable[Path]) -> list[Path]:
        """Return the files that hold a secret."""
        found = []
        for folder in folders:
            for path in sorted(folder.rglob("*")) if folder.is_dir() else [folder]:
                if path.is_file() and self.found_in(path.read_bytes()):
                    found.append(path)
        return found


def _forms(text: str) -> set[str]:
    octets = text.encode("utf-8", "surrogatepass")
    forms = {text, quote(text, safe=""), quote_plus(text), octets.hex(), repr(text)[1:-1]}
    # without its last characters, which depend on what follows in a longer text
    forms.add(base64.b64encode(octets).decode().rstrip("=")[:-2])
    forms.add(text.encode("utf-16-le", "surrogatepass").decode("latin-1"))
    return {form for form in forms if len(form) >= 8} | {octets.decode("latin-1")}


class ProcessWatch:
    """Looks at the arguments and the environment of this process and of all below it, again and again."""

    def __init__(self, root: int, every: float = 0.25) -> None:
        self._root = root
        self._every = every
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._seen: set[bytes] = set()
        self.processes: set[int] = set()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def close(self) -> bytes:
        """End, and return everything that was to be seen."""
        self._ended.set()
        self._thread.join()
        return b"\n".join(self._seen)

    def _work(self) -> None:
        while not self._ended.wait(self._every):
            for pid in _below(self._root):
                for name in ("cmdline", "environ"):
                    try:
                        shown = Path(f"/proc/{pid}/{name}").read_bytes()
                    except OSError:  # it has ended, or belongs to somebody else
                        continue
                    self.processes.add(pid)
                    self._seen.add(shown)


def _below(root: int) -> list[int]:
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    found, grew = {root}, True
    while grew:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        found |= more
        grew = bool(more)
    return sorted(found)
