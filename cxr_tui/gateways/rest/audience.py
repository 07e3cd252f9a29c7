"""CX Audience REST as one API user (facts C.1); only lists and single members are documented."""

from __future__ import annotations

from cxr_tui.gateways.rest.session import ApiSession


class AudienceGateway(ApiSession):
    """Implements `cxr_tui.domain.ports.Audience`; all calls go to the host of the login."""

    product = "CX Audience"

    def base_of(self, named: str | None) -> str:
        """Return the host of the login."""
        return self.login_url
