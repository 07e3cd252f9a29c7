"""A terminal wizard that connects Oracle Responsys with Oracle CX Audience, and proves that it works."""

__version__ = "0.1.0"
