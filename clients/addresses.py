"""Where a fetch may go: public addresses only, and in development the sandbox."""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

PORTS = {"http": 80, "https": 443}
PUBLIC_PORTS = frozenset({80, 443})
_LOOPBACK = "127.0.0.1"
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# Protocol assignments and relays, which Python counts as global.
_SPECIAL = (ipaddress.ip_network("192.0.0.0/24"), ipaddress.ip_network("192.88.99.0/24"))
_UNICAST = ipaddress.ip_network("2000::/3")  # all of IPv6 that is handed out for the public internet

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class NotAllowed(Exception):
    """The address must not be called; the text says why in plain words."""


class NotFound(Exception):
    """The host's name leads nowhere. `temporary`: the name server may know it later."""

    def __init__(self, temporary: bool) -> None:
        super().__init__("The host name of the address is unknown.")
        self.temporary = temporary


@dataclass(frozen=True, slots=True)
class Place:
    """One checked hop: connect to one of `addresses` and nowhere else, saying `host`."""

    scheme: str
    host: str
    port: int
    target: str  # path and query as asked
    addresses: tuple[str, ...]

    @property
    def header(self) -> str:
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == PORTS[self.scheme] else f"{name}:{self.port}"


def place(url: str, exempt_origin: str = "") -> Place:
    """Checks an address and resolves its host, once. Raises NotAllowed or NotFound."""
    scheme, host, port, parts = _read(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    inside = _exempt(scheme, host, port, exempt_origin)
    if inside is not None:
        return Place(scheme, host, port, target, inside)
    if port not in PUBLIC_PORTS:
        raise NotAllowed(f"The address uses port {port}; only 80 and 443 are allowed.")
    found = [_literal(host)] if _is_number(host) else resolve(host, port)
    if not found or not all(is_public(address) for address in found):
        raise NotAllowed("The address leads to an internal network.")
    return Place(
        scheme, host, port, target, tuple(str(address) for address in sorted(found, key=lambda one: one.version))
    )


def is_public(address: Address) -> bool:
    """Reachable on the public internet, also after unpacking IPv4 that is wrapped in IPv6."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id is not None:
            return False
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address not in _UNICAST:
            return False
    if any(address in network for network in _SPECIAL):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_private)


def resolve(host: str, port: int) -> list[Address]:
    """Every address of a name, asked for once."""
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise NotFound(error.errno == socket.EAI_AGAIN) from None
    except (UnicodeError, OSError):
        raise NotFound(False) from None
    return list(dict.fromkeys(ipaddress.ip_address(row[4][0]) for row in rows))


def _read(url: str) -> tuple[str, str, int, SplitResult]:
    try:
        parts = urlsplit(url.strip())
        port = PORTS.get(parts.scheme, 0) if parts.port is None else parts.port
        host = (parts.hostname or "").rstrip(".").lower()
        if not host.isascii():
            host = host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        raise NotAllowed("The address cannot be read.") from None
    if parts.scheme not in PORTS:
        raise NotAllowed("The address does not start with http:// or https://.")
    if parts.username is not None or parts.password is not None:
        raise NotAllowed("The address contains a user name or password.")
    if not host or any(character in host for character in "\\%/?#@ ") or not host.isprintable():
        raise NotAllowed("The address has no proper host name.")
    return parts.scheme, host, port, parts


def _is_number(host: str) -> bool:
    """An IP address in whatever notation; the last label of a name is never a number."""
    last = host.rpartition(".")[2]
    return ":" in host or last.isdigit() or last.startswith("0x")


def _literal(host: str) -> Address:
    try:
        return ipaddress.ip_address(host)
    except ValueError:  # decimal, octal, hexadecimal and shortened forms exist to deceive filters
        raise NotAllowed("The address has no proper host name.") from None


def _exempt(scheme: str, host: str, port: int, exempt_origin: str) -> tuple[str, ...] | None:
    """Where to connect for the exempt origin; None when this is another one."""
    if not exempt_origin:
        return None
    own_scheme, own_host, own_port, _ = _read(exempt_origin)
    if (scheme, port) != (own_scheme, own_port):
        return None
    if _is_loopback(own_host) and (host == _LOOPBACK or _is_local_name(host)):
        return (_LOOPBACK,)  # the sandbox's pages and pictures stand under several loopback names
    if host != own_host:
        return None
    return (host,) if _is_number(host) else tuple(str(address) for address in resolve(host, port))


def _is_loopback(host: str) -> bool:
    if _is_local_name(host):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_local_name(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost")
