"""The CX Audience twin: its REST interface, its screens, its keys, and its background work."""
