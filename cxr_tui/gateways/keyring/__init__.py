"""The credential store of this machine."""
