"""What is asked and how it is verified: one file per documented screen, put in order by `guide/registry.py`."""
