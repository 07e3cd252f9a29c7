"""CX Audience REST as one API user (facts C.1); only lists and single members are documented."""

from __future__ import annotations

from cxr_tui.gateways.rest.session import ApiSession


class AudienceGateway(ApiSession):
    """Implements `cxr_tui.domain.ports.Members`; all calls go to the host of the login."""

    product = "CX Audience"
