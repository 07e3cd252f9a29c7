"""What each command of `cxr-tui` does; the command line loads only the requested one."""
