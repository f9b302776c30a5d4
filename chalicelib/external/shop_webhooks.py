"""Posts our events to shops' own systems, and to nothing else: a policy's address must not lead into a network that
only we can reach (server-side request forgery).

The name is resolved once, all its addresses must be public, and the connection goes to the address that was looked at:
a name that answers otherwise a moment later leads nowhere. Redirects are not followed, and no answer is read but its
status.
"""

import ipaddress
import socket
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import urllib3

from chalicelib.errors import NotTaken

_TIMEOUT = urllib3.Timeout(total=5)
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
Resolve = Callable[[str, int], list[str]]


def addresses(host: str, port: int) -> list[str]:
    """The addresses of a host's name. Raises OSError."""
    return list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


class ShopWebhooks:
    """Implements services.ports.events.outgoing.ShopWebhook. `local`: on a developer's machine, which may post to
    itself."""

    def __init__(self, *, local: bool = False, resolve: Resolve = addresses) -> None:
        self._local = local
        self._resolve = resolve

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        parts = urlsplit(url)
        host = parts.hostname or ""
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        sent = {"Host": parts.netloc, "User-Agent": "Aftercare", **headers}
        try:
            with self._pool(parts.scheme, host, parts.port) as pool:
                answer = pool.urlopen(
                    "POST", path, body=body, headers=sent, redirect=False, retries=False, preload_content=False,
                    assert_same_host=False,
                )  # fmt: skip
                # The status says all; what else is answered is not read.
                answer.close()
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise NotTaken(type(error).__name__) from error
        if not 200 <= answer.status < 300:
            raise NotTaken(f"status {answer.status}")

    def _pool(self, scheme: str, host: str, port: int | None) -> urllib3.HTTPConnectionPool:
        """A connection to the one address that was looked at. Raises NotTaken if it may not be asked, and OSError."""
        if self._local and host in _LOOPBACK:
            kind = urllib3.HTTPSConnectionPool if scheme == "https" else urllib3.HTTPConnectionPool
            return kind(host, port, timeout=_TIMEOUT)
        if scheme != "https":
            raise NotTaken("an address without TLS")
        found = self._resolve(host, port or 443)
        if not found or not all(map(_public, found)):
            raise NotTaken("an address that is not public")
        return urllib3.HTTPSConnectionPool(
            found[0], port or 443, timeout=_TIMEOUT, server_hostname=host, assert_hostname=host,
            cert_reqs="CERT_REQUIRED",
        )  # fmt: skip


def _public(address: str) -> bool:
    """Whether everybody on the internet reaches it. What stands for an address of version 4 is judged as that."""
    known = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(known, ipaddress.IPv6Address):
        within = known.ipv4_mapped or known.sixtofour or (known.teredo[1] if known.teredo else None)
        if within is None and known in ipaddress.ip_network("64:ff9b::/96"):
            within = ipaddress.IPv4Address(int(known) & 0xFFFFFFFF)
        if within is not None:
            return known.is_global and _public(str(within)) if known.ipv4_mapped is None else _public(str(within))
    return known.is_global and not known.is_multicast and not known.is_reserved
