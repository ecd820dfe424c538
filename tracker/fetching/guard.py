"""Which addresses the watch may reach. The resolved address that is checked is the one connected to."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from AntiSSRF import AntiSSRFPolicy, PolicyConfigOptions

from .errors import FetchRefused

STANDARD_PORTS = {"http": 80, "https": 443}
MAX_ADDRESS_LENGTH = 2000

_UNSAFE = re.compile(r"[\x00-\x20\x7f-\x9f\\]")


@dataclass(frozen=True)
class Address:
    """A well-formed web address. `host` is lower case, without brackets."""

    url: str
    scheme: str
    host: str
    port: int

    @property
    def has_standard_port(self) -> bool:
        return self.port in STANDARD_PORTS.values()

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == STANDARD_PORTS[self.scheme] else f"{host}:{self.port}"


def checked_address(url: str) -> Address:
    """The parts of `url`.

    Raises FetchRefused for whatever two programs could read differently, and for anything but http(s).
    """
    if len(url) > MAX_ADDRESS_LENGTH:
        raise FetchRefused(f"The address is longer than {MAX_ADDRESS_LENGTH} characters.")
    if _UNSAFE.search(url):
        raise FetchRefused(f"The address {url!r} holds a space, a backslash or a control character.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise FetchRefused(f"The address {url!r} cannot be read: {error}.") from error
    if parts.scheme not in STANDARD_PORTS:
        raise FetchRefused(f"The address {url!r} does not begin with http:// or https://.")
    if not parts.hostname:
        raise FetchRefused(f"The address {url!r} names no host.")
    if "@" in parts.netloc:
        raise FetchRefused(f"The address of {parts.hostname} holds a user name or password; leave it out.")
    try:
        host = parts.hostname if parts.hostname.isascii() else parts.hostname.encode("idna").decode()
    except UnicodeError as error:
        raise FetchRefused(f"The host name {parts.hostname!r} is not a valid one.") from error
    return Address(url, parts.scheme, host, port if port is not None else STANDARD_PORTS[parts.scheme])


@cache
def _beyond_the_internet() -> list[str]:
    """IPv6 outside the part that is given out, 2000::/3, but for ::ffff:0:0/96, as which IPv4 is compared.

    More than the policy denies by itself: there lies IPv4 in forms of old, such as ::127.0.0.1.
    """
    whole, given_out = ipaddress.IPv6Network("::/0"), ipaddress.IPv6Network("2000::/3")
    ipv4 = ipaddress.IPv6Network("::ffff:0:0/96")
    return [
        str(part)
        for network in whole.address_exclude(given_out)
        for part in (network.address_exclude(ipv4) if ipv4.subnet_of(network) else [network])
    ]


def policy_for(address: Address, allowed_networks: Sequence[str]) -> AntiSSRFPolicy:
    """What may be connected to for `address`: public addresses on ports 80 and 443, `allowed_networks` on any."""
    return _policy(address.has_standard_port, allowed_networks)


def reachable(host: str, port: int, standard_port: int, allowed_networks: Sequence[str]) -> list[str]:
    """The addresses of `host` that may be connected to, resolved once; public ones on `standard_port` alone.

    For what does not speak HTTP. Raises FetchRefused, and OSError where there is no such name.
    """
    found = list(dict.fromkeys(str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
    policy = _policy(port == standard_port, allowed_networks)
    if not policy._is_network_connection_allowed(found):  # as its own session asks before it connects
        where = "is not at a public address" if port == standard_port else f"is asked for at port {port}"
        raise FetchRefused(f"{host} {where}. To watch a source there, name its network in FETCH_ALLOW_NETWORKS.")
    return found


def _policy(public: bool, allowed_networks: Sequence[str]) -> AntiSSRFPolicy:
    policy = AntiSSRFPolicy(PolicyConfigOptions.EXTERNAL_ONLY_LATEST if public else PolicyConfigOptions.INTERNAL_ONLY)
    policy.allow_plain_text_http = True
    policy.add_xff_header = False
    if public:
        policy.add_denied_addresses(_beyond_the_internet())
    if allowed_networks:
        policy.add_allowed_addresses(list(allowed_networks))
    return policy


def refusal(address: Address) -> FetchRefused:
    """Why the policy turned `address` down, and what to set if it is meant."""
    if address.has_standard_port:
        reason = f"{address.host} is not at a public address"
    else:
        reason = f"{address.host} is asked for at port {address.port}, and only ports 80 and 443 are open to the watch"
    return FetchRefused(
        f"{reason}. To watch a source there, name its network in FETCH_ALLOW_NETWORKS, for example 127.0.0.0/8."
    )
