"""`python -m cxr_tui` does what `cxr-tui` does."""

import sys

from cxr_tui.cli.main import main

sys.exit(main())
