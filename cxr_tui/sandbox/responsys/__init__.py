"""The Responsys twin: its account, its REST and Connect APIs, its pages, its export jobs."""

from cxr_tui.sandbox.responsys.product import ResponsysTwin, Urls, build_responsys

__all__ = ["ResponsysTwin", "Urls", "build_responsys"]
