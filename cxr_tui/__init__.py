"""A terminal wizard that connects Oracle Responsys with Oracle CX Audience, and verifies that it works."""

import sys

__version__ = "0.1.0"

# httpx loads its own command line program, and with it rich and pygments, if they are installed; paramiko loads invoke
# for one directive of SSH configuration files, which are not read here. Each is half of the library's import time. A
# name bound to None is one that cannot be imported, which both are prepared for.
for _unused in ("httpx._main", "invoke"):
    sys.modules.setdefault(_unused, None)  # type: ignore[arg-type]  # documented for sys.modules, unknown to its type
