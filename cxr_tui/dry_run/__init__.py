"""The dry run: the real checks against a world that only notes what would be touched, and touches nothing."""
