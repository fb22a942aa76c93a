"""Connections that keep a total deadline at the socket, and that know whether anything was sent.

urllib3's read timeout starts anew with every byte, in the headers too; a server sending one byte a second would hold
a thread for ever.
"""

import http.client
import io
import math
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

BUFFER = 64 * 1024


@dataclass(slots=True)
class Permit:
    """Until when (monotonic) a thread's work is its own: somebody else may do it then, so nothing is sent any more."""

    until: float = math.inf


class Call(threading.local):
    """The call this thread is making."""

    deadline: float = math.inf
    timeout: float = 15.0
    sent: bool = False
    lapsed: bool = False
    permit: Permit | None = None

    def begin(self, deadline: float, timeout: float) -> None:
        self.deadline, self.timeout, self.sent, self.lapsed = deadline, timeout, False, False

    def left(self) -> float:
        """Seconds until the deadline; past it, TimeoutError."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("deadline")
        return left


call = Call()


class _TimedReader(io.RawIOBase):
    def __init__(self, sock: Any) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(min(call.timeout, call.left()))
        return cast("int | None", self._raw.readinto(buffer))

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedSocket:
    def __init__(self, sock: Any) -> None:
        self._sock = sock

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_TimedReader(self._sock), BUFFER)


class _TimedResponse(http.client.HTTPResponse):
    def __init__(self, sock: Any, debuglevel: int = 0, method: str | None = None, url: str | None = None) -> None:
        super().__init__(cast(Any, _TimedSocket(sock)), debuglevel, method, url)


if TYPE_CHECKING:
    _Base = HTTPConnection
else:
    _Base = object


class _Timed(_Base):
    response_class = _TimedResponse

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        if call.permit is not None and time.monotonic() > call.permit.until:
            call.lapsed = True  # the process stood still, or waited for its slot longer than the work was its own
            raise ConnectionAbortedError("the work is somebody else's now")
        # A big upload has until the deadline; urllib3 would give it the connect timeout.
        self.sock.settimeout(call.left())
        call.sent = True
        super().send(data)


class _TimedHTTPConnection(_Timed, HTTPConnection):
    pass


class _TimedHTTPSConnection(_Timed, HTTPSConnection):
    pass


class _TimedHTTPPool(HTTPConnectionPool):
    ConnectionCls = _TimedHTTPConnection


class _TimedHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _TimedHTTPSConnection


POOLS = {"http": _TimedHTTPPool, "https": _TimedHTTPSPool}


class Adapter(HTTPAdapter):
    """requests' adapter over such connections; one is shared by all threads of a process."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = POOLS
        self._pools: dict[str, Any] = {}

    def get_connection_with_tls_context(self, request: Any, verify: Any, proxies: Any = None, cert: Any = None) -> Any:
        """requests derives the pool from the address and the TLS settings anew for each call; ours never change."""
        place = "/".join(request.url.split("/", 3)[:3])
        pool = self._pools.get(place)
        if pool is None or pool.pool is None:  # None inside: closed, because too many hosts were called
            pool = super().get_connection_with_tls_context(request, verify, proxies, cert)
            self._pools[place] = pool
        return pool

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = POOLS
        return manager
