"""The sandbox: a working twin of both products on loopback, to rehearse everything without an account.

It knows only the shared types and tools of the product, which reaches it over sockets only. Where
Oracle's documentation is silent, the twin follows the likeliest guess, and the line in question is marked inferred.
"""
