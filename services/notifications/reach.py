"""Where channels may reach: public addresses, and the networks that the operator allows (W1).

An administrator's channel must not become a way into the machines behind Vigie.
"""

import socket
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from threading import local
from typing import Any

_ALLOWED: list[frozenset[object]] = [frozenset()]
# IPv4 addresses in the clothes of IPv6: what counts is the address inside.
_NAT64 = IPv6Network("64:ff9b::/96")
_CONNECTING = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_thread = local()


class Unreachable(OSError):
    """The address is not one that a channel may reach, or has no address at all."""


def allow(networks: Iterable[str]) -> None:
    """Beside the public ones, addresses of these networks may be reached. Raises ValueError for what is no network."""
    try:
        _ALLOWED[:] = [frozenset(ip_network(network.strip()) for network in networks if network.strip())]
    except ValueError as unreadable:
        raise ValueError(f"VIGIE_WEBHOOK_ALLOW: {unreadable}; write networks such as 10.0.0.0/8") from unreadable


def address_of(host: str, port: int) -> str:
    """The address to connect to: the caller uses it, not the name, which could mean another the next time.

    Raises `Unreachable` unless all addresses of `host` may be reached.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, ValueError) as unknown:
        raise Unreachable(f"{host} has no address") from unknown
    addresses = [str(each[4][0]) for each in found]
    for address in addresses:
        if not may_reach(address):
            raise Unreachable(f"{host} is not public, and not in VIGIE_WEBHOOK_ALLOW")
    return addresses[0]


@contextmanager
def confined() -> Iterator[None]:
    """Within the block, and in this thread, nothing connects but where channels may reach; else `Unreachable` is raised
    where it tries.

    For libraries that look names up by themselves, a second time, and go where an address's options or an answer say.
    """
    _listen()
    _thread.confined = True
    try:
        yield
    finally:
        _thread.confined = False


@cache
def _listen() -> None:
    sys.addaudithook(_heard)  # for as long as the process lives: there is no way to take it off


def _heard(event: str, given: tuple[Any, ...]) -> None:
    if event not in _CONNECTING or not getattr(_thread, "confined", False) or given[1] is None:
        return
    peer = given[1]
    if not (isinstance(peer, tuple) and _is_reachable(peer[0])):
        where = peer[0] if isinstance(peer, tuple) else "a socket of this machine"
        raise Unreachable(f"{where} is not public, and not in VIGIE_WEBHOOK_ALLOW")


def _is_reachable(host: object) -> bool:
    try:
        return may_reach(str(host))
    except ValueError:  # a name, which would be looked up only now
        return False


def may_reach(address: str) -> bool:
    """Whether the address is public or allowed."""
    ip = _plain(ip_address(address.partition("%")[0]))
    if any(ip in network for network in _ALLOWED[-1]):  # type: ignore[operator]
        return True
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _plain(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(ip, IPv6Address):
        inside = ip.ipv4_mapped or ip.sixtofour
        if inside is None and ip in _NAT64:
            inside = IPv4Address(int(ip) & 0xFFFFFFFF)
        return inside or ip
    return ip
