"""The CX Audience twin: its REST interface, its screens, its keys, and what runs by itself inside it."""
