"""A terminal wizard that connects Oracle Responsys with Oracle CX Audience, and proves that it works."""

import sys

__version__ = "0.1.0"

# Importing httpx also loads its own command line program, and with it rich and pygments, if they are installed: about
# half of its import time, for nothing that is used here. A name bound to None is one that cannot be imported, which
# httpx is prepared for.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # documented for sys.modules, unknown to its type
