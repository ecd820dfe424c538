"""Where `ADMIN_ALLOW_NETWORKS` names networks, the admin is there for these alone; for others nothing is."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from commitments.clients import address_of


def hide_from_others(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Others are answered as if no address of the admin had ever been, down to each header."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if f"{request.path_info}/".startswith(f"/{settings.ADMIN_PATH}/") and not is_let_in(address_of(request)):
            request.urlconf = "config.public_urls"
        return get_response(request)

    return middleware


def is_let_in(address: str) -> bool:
    """Whether staff may come from here. What is no address may not, once any network is named."""
    if not settings.ADMIN_ALLOW_NETWORKS:
        return True
    try:
        client = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    # A server that listens on IPv6 sees a client of IPv4 as ::ffff:192.0.2.1.
    client = getattr(client, "ipv4_mapped", None) or client
    return any(client in ipaddress.ip_network(network) for network in settings.ADMIN_ALLOW_NETWORKS)
