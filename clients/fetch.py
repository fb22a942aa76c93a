"""Fetches pictures and files from addresses that strangers typed: public hosts only, bounded in time and size."""

import math
import os
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urljoin

import certifi
import urllib3

from clients.addresses import NotAllowed, NotFound, Place, place
from clients.wire import POOLS, call

MIB = 1024 * 1024
REDIRECTS = 3
CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
_CHUNK = 64 * 1024
_MOVED = frozenset({301, 302, 303, 307, 308})
_BUSY = frozenset({408, 425, 429})
_URL_CHARACTERS = "/%:@!$&'()*+,;=~-._?[]"


class FetchFailed(Exception):
    """Nothing usable came. The text is one plain sentence; `temporary`: it may go well later."""

    def __init__(self, text: str, temporary: bool) -> None:
        super().__init__(text)
        self.text = text
        self.temporary = temporary


@dataclass(frozen=True, slots=True)
class Fetched:
    """`data` is decoded. `length`: bytes of the whole file where known; `whole`: data is all of it."""

    data: bytes
    content_type: str
    length: int | None = None
    whole: bool = True


def fetch(
    url: str,
    *,
    exempt_origin: str = "",
    max_bytes: int = 12 * MIB,
    deadline: float = 20.0,
    first_bytes: int | None = None,
) -> Fetched:
    """The file at an address, or only its first bytes. `deadline` in seconds for everything, redirects included."""
    ends = time.monotonic() + deadline
    for _ in range(REDIRECTS + 1):
        try:
            where = place(url, exempt_origin)
        except NotAllowed as refused:
            raise FetchFailed(str(refused), False) from None
        except NotFound as unknown:
            raise FetchFailed("The picture's server is unknown.", unknown.temporary) from None
        found = _get(where, ends, max_bytes, first_bytes)
        if isinstance(found, Fetched):
            return found
        url = urljoin(url, found)
    raise FetchFailed("The picture's server redirects too often.", False)


def _get(where: Place, ends: float, max_bytes: int, first_bytes: int | None) -> Fetched | str:
    """What stands there, or the next address."""
    failure = FetchFailed("The picture's server cannot be reached.", True)
    for address in where.addresses[:3]:
        try:
            pool = _pool(where, address)
            try:
                return _ask(pool, where, ends, max_bytes, first_bytes)
            finally:
                pool.close()
        except FetchFailed:
            raise
        except urllib3.exceptions.NewConnectionError:
            continue  # the host's next address, if it has one
        except urllib3.exceptions.ConnectTimeoutError:
            failure = FetchFailed("The picture's server does not answer.", True)
        except (urllib3.exceptions.SSLError, ssl.SSLError):
            raise FetchFailed("The picture's server has no valid certificate.", False) from None
        except (urllib3.exceptions.TimeoutError, TimeoutError):
            raise FetchFailed("The picture's server is too slow.", True) from None
        except (urllib3.exceptions.HTTPError, OSError, ValueError):
            raise FetchFailed("The connection broke before the picture was complete.", True) from None
    raise failure


def _ask(pool: Any, where: Place, ends: float, max_bytes: int, first_bytes: int | None) -> Fetched | str:
    call.begin(ends, READ_SECONDS)
    connect = min(CONNECT_SECONDS, call.left())
    response = pool.urlopen(
        "GET",
        quote(where.target, safe=_URL_CHARACTERS),
        retries=False,
        redirect=False,
        preload_content=False,
        assert_same_host=False,
        timeout=urllib3.Timeout(connect=connect, read=READ_SECONDS),
        headers={
            "Host": where.header,
            "User-Agent": "Causeway/0.1",
            "Accept": "image/*,*/*;q=0.1",
            "Accept-Encoding": "identity",
        },
    )
    try:
        if response.status in _MOVED and response.headers.get("Location"):
            return str(response.headers["Location"])
        if response.status != 200:
            temporary = response.status >= 500 or response.status in _BUSY
            raise FetchFailed(f"The picture's server answers {response.status}.", temporary)
        return _read(response, max_bytes, first_bytes)
    finally:
        response.close()  # never back into a pool: the rest of the answer is not read


def _read(response: Any, max_bytes: int, first_bytes: int | None) -> Fetched:
    length = _length(response.headers)
    too_large = FetchFailed(f"The picture is larger than {max_bytes // MIB} MB.", False)
    if length is not None and length > max_bytes and first_bytes is None:
        raise too_large
    chunks: list[bytes] = []
    size, wanted = 0, min(first_bytes if first_bytes is not None else math.inf, max_bytes)
    content_type = str(response.headers.get("Content-Type", ""))
    while chunk := response.read(_CHUNK, decode_content=True):
        size += len(chunk)
        chunks.append(chunk)
        call.left()
        if first_bytes is not None and size >= first_bytes:
            data = b"".join(chunks)[:first_bytes]
            return Fetched(data, content_type, length, whole=length is not None and length <= len(data))
        if size > wanted:
            raise too_large
    if length is not None and size < length:
        raise FetchFailed("The connection broke before the picture was complete.", True)
    return Fetched(b"".join(chunks), content_type, size)


def _length(headers: Mapping[str, str]) -> int | None:
    """The file's size in bytes, where the answer is not compressed on the way."""
    if headers.get("Content-Encoding", "identity").lower() not in ("", "identity"):
        return None
    text = headers.get("Content-Length", "")
    return int(text) if text.isdigit() else None


def _pool(where: Place, address: str) -> Any:
    """One connection to exactly this address that names itself and is verified as the host."""
    host = f"[{address}]" if ":" in address else address
    if where.scheme == "http":
        return POOLS["http"](host, where.port, maxsize=1)
    return POOLS["https"](
        host,
        where.port,
        maxsize=1,
        ssl_context=_tls(threading.get_ident()),
        server_hostname=where.host,
        assert_hostname=where.host,
    )


@lru_cache(maxsize=64)
def _tls(thread: int) -> ssl.SSLContext:
    """One a thread, because urllib3 changes what it is handed; reading the certificates takes 20 ms and more."""
    return ssl.create_default_context(cafile=os.environ.get("REQUESTS_CA_BUNDLE") or certifi.where())
