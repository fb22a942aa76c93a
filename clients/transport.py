"""HTTP as both clients use it: pooled connections, timeouts, a total deadline, a size cap, no redirects."""

import logging
import os
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.structures import CaseInsensitiveDict
from requests.utils import get_environ_proxies

from clients.errors import Unreachable, Unreadable
from clients.server_time import ServerTime
from clients.wire import Adapter, call

CHUNK = 64 * 1024
BUSY = frozenset({502, 503, 504})  # worth another GET; a 500 wants minutes (reference 8.2)
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """One call. `platform` and `path` name it in errors; `retries` counts only for GET; `again` runs before each."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    platform: str = ""
    path: str = ""
    retries: int = 0
    again: Callable[[], None] | None = None
    deadline: float | None = None  # seconds for everything, retries included


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, decoded. Headers are looked up regardless of case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float = 0.0


class _Session(requests.Session):
    def __init__(self, adapter: Adapter) -> None:
        super().__init__()
        self.trust_env = False  # no .netrc, and proxies are looked up once per host
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.adapters.clear()
        self.mount("https://", adapter)
        self.mount("http://", adapter)

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        return None  # requests would read a redirect's body without any cap


class Transport:
    """Make one per process and share it: threads get a session each, all over the same pooled connections."""

    def __init__(
        self,
        user_agent: str,
        connect_timeout: float = 5,
        timeout: float = 15,
        deadline: float = 30,
        max_bytes: int = 32 * MIB,
        pool: int = 64,
    ) -> None:
        self.user_agent = user_agent
        self.connect_timeout = connect_timeout
        self.timeout = timeout
        self.deadline = deadline
        self.max_bytes = max_bytes
        self.pool = pool
        self._local = threading.local()
        self._adapters: dict[int, Adapter] = {}
        self._proxies: dict[str, dict[str, str]] = {}
        self._times: dict[str, ServerTime] = {}
        self._verify = os.environ.get("REQUESTS_CA_BUNDLE") or True
        # urllib3 writes whole addresses at DEBUG, and TikTok's token addresses carry the app secret.
        logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)

    def server_time(self, host: str) -> ServerTime:
        """The learned clock of one host, shared by whoever calls it through this transport."""
        return self._times.setdefault(host, ServerTime())

    def send(self, request: Request) -> Answer:
        """The answer whatever its status. Raises Unreachable when none came whole, Unreadable when it is too large."""
        start = time.monotonic()
        deadline = start + (request.deadline or self.deadline)
        retries = request.retries if request.method == "GET" else 0
        for attempt in range(retries + 1):
            failure: Unreachable | Unreadable | None = None
            try:
                answer = self._once(request, start, deadline)
            except Unreachable as error:
                failure = error
            pause = random.uniform(0.05, 0.3) * 2**attempt
            if attempt < retries and (failure or answer.status in BUSY) and time.monotonic() + pause < deadline:
                time.sleep(pause)
                if request.again:
                    request.again()
                continue
            break
        if failure:
            raise failure
        return answer

    def close(self) -> None:
        for adapter in self._adapters.values():
            adapter.close()

    def _session(self) -> _Session:
        # A worker forks after it imported the app: the child must not speak on the parent's sockets.
        pid = os.getpid()
        kept: tuple[int, _Session] | None = getattr(self._local, "session", None)
        if kept is None or kept[0] != pid:
            adapter = self._adapters.setdefault(pid, Adapter(pool_connections=16, pool_maxsize=self.pool))
            kept = (pid, _Session(adapter))
            self._local.session = kept
        return kept[1]

    def _prepare(self, request: Request) -> requests.PreparedRequest:
        """As requests would, but the address and the body go out byte by byte as they were signed."""
        prepared = requests.PreparedRequest()
        headers: CaseInsensitiveDict[str] = CaseInsensitiveDict(request.headers)
        headers["User-Agent"] = self.user_agent
        headers["Accept-Encoding"] = "gzip, deflate"
        if request.body is not None or request.method in ("POST", "PUT"):
            headers["Content-Length"] = str(len(request.body or b""))
        prepared.method, prepared.url = request.method, request.url
        prepared.headers, prepared.body = headers, request.body
        return prepared

    def _once(self, request: Request, start: float, deadline: float) -> Answer:
        host = request.url.split("/", 3)[2]
        proxies = self._proxies.get(host)
        if proxies is None:
            proxies = self._proxies.setdefault(host, get_environ_proxies(request.url))
        call.begin(deadline, self.timeout)
        response: requests.Response | None = None
        body: bytes | None = None
        failure: tuple[str, bool] = ("", True)
        try:
            response = self._session().send(
                self._prepare(request),
                stream=True,
                allow_redirects=False,
                verify=self._verify,
                proxies=proxies,
                timeout=(min(self.connect_timeout, call.left()), self.timeout),
            )
            body = self._read(response.raw)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            failure = self._explain(error, deadline)
        except ValueError:  # a header that cannot be sent; the exception would quote it
            failure = ("the request could not be built", False)
        finally:
            if response is not None and body is None:
                response.raw.close()  # half read: this connection must not be used again
        # Raised out here so that no exception holding the address (and the secrets in it) hangs on ours.
        if response is not None and body is not None:
            return Answer(response.status_code, response.headers, body, time.monotonic() - start)
        path = request.path or urlsplit(request.url).path
        facts: dict[str, Any] = {"platform": request.platform, "method": request.method, "path": path}
        if response is not None and not failure[0]:
            raise Unreadable(f"the answer is larger than {self.max_bytes} bytes", status=response.status_code, **facts)
        raise Unreachable(f"{host}: {failure[0]}", unknown=failure[1], **facts)

    def _read(self, raw: Any) -> bytes | None:
        """The decoded body; None when it is larger than the cap."""
        chunks: list[bytes] = []
        size = 0
        while chunk := raw.read(CHUNK, decode_content=True):
            size += len(chunk)
            if size > self.max_bytes:
                return None
            chunks.append(chunk)
            call.left()
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    def _explain(self, error: Exception, deadline: float) -> tuple[str, bool]:
        """What to say, and whether the request may have been applied. Never the exception's text: it has the URL."""
        if call.lapsed and not call.sent:
            return "not sent, because the work is somebody else's by now", False
        reason = getattr(error.args[0], "reason", None) if error.args else None
        if not call.sent and isinstance(reason, urllib3.exceptions.NameResolutionError):
            return "the host name is unknown", False
        if not call.sent and isinstance(error, requests.ConnectTimeout):
            return f"no connection within {self.connect_timeout:g} s", False
        if not call.sent and isinstance(reason, urllib3.exceptions.NewConnectionError):
            return "the connection was refused", False
        if not call.sent and isinstance(error, requests.exceptions.SSLError | requests.exceptions.ProxyError):
            return "the secure connection could not be made", False
        if time.monotonic() >= deadline:
            return "no whole answer before the deadline", True
        if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError | TimeoutError):
            return f"no answer within {self.timeout:g} s", True
        return "the connection broke before the answer was whole", True
