"""Is this machine ready? Looked at before anything is set up, without changing anything that stays."""
