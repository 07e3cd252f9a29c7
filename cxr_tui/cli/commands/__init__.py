"""What each command of `cxr-tui` does; the parser in `cli.py` loads only the one that is asked for."""
