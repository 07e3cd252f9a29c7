"""The sandbox: a working twin of both products on loopback, so that all can be rehearsed with no account anywhere.

It knows nothing of the product but the words of `cxr_tui.domain`; the product reaches it over sockets only. Where
Oracle's pages are silent, the twin does what seems likeliest, and the line that decides so says that it is inferred.
"""
