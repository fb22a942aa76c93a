"""One signed call: budget, signature, transport, evidence, the envelope read, the refusal raised."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from pydantic import TypeAdapter

from clients.budget import Budget
from clients.errors import ClientError, ItemError, Refused, Throttled, Unauthorised, Unreachable, Unreadable, mark
from clients.exchange import Exchange, Observer, evidence, remark
from clients.reading import NotUnderstood, parse, read_value
from clients.tiktok.codes import STALE, failure, item_errors
from clients.tiktok.sign import sign
from clients.tiktok.versions import Endpoint
from clients.transport import Answer, Request, Transport

T = TypeVar("T")
SKEW = 20.0  # seconds our stamp may have been off before a refusal is put down to the clock
THROTTLE_PAUSE = 2.0  # TikTok documents no Retry-After (reference 1.8)
LONGEST_PAUSE = 60.0


@dataclass(frozen=True, slots=True)
class Body:
    """What goes out, exactly as it is signed. `shown` replaces it in evidence where it is no text."""

    content: bytes | None = None
    content_type: str = "application/json"
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """The envelope of reference 1.5; `code` as text."""

    code: str
    message: str
    request_id: str
    data: Any


def json_body(value: object) -> Body:
    """Compact JSON in UTF-8, made once so that what is signed is what is sent."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Body(text.encode("utf-8", "replace"))


class Gateway:
    """Calls of one token, for one shop or for the seller as a whole."""

    def __init__(
        self,
        transport: Transport,
        api_url: str,
        app_key: str,
        app_secret: str,
        access_token: str,
        *,
        shop_id: str,
        cipher: str,
        budget: Budget,
        observe: Observer | None,
        clock: Callable[[], float],
        live: bool,
    ) -> None:
        self._transport = transport
        self._api_url = api_url.rstrip("/")
        self._app_key = app_key
        self._app_secret = app_secret
        self._access_token = access_token
        self._cipher = cipher
        self._key = f"tiktok:{shop_id}"
        self._budget = budget
        self._observe = observe
        self._clock = clock
        self._live = live
        self._secrets = tuple(secret for secret in (access_token, app_secret) if secret)
        self._server_time = transport.server_time(urlsplit(self._api_url).netloc)

    def call(
        self,
        endpoint: Endpoint,
        data: TypeAdapter[T],
        *,
        ids: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        body: Body | None = None,
        deadline: float | None = None,
    ) -> T:
        """The answer's `data`, or a branch of the error tree."""
        content = body or Body()
        path = self._fill(endpoint, ids or {})
        facts: dict[str, Any] = {"platform": "tiktok", "method": endpoint.method, "path": path}
        for attempt in (1, 2):
            stamp = self._now()
            answer = self._send(endpoint, path, stamp, query or {}, content, deadline)
            reply = self._read(answer)
            # Our clock was wrong and this answer has just taught us: the call was refused unseen, so sign it again.
            if attempt == 1 and reply.code in STALE and abs(self._now() - stamp) > SKEW:
                self._show(answer, reply, facts, query or {}, content)
                continue
            break
        self._show(answer, reply, facts, query or {}, content)
        if not 200 <= answer.status < 300 or reply.code != "0":
            raise self._failure(answer, reply, facts)
        try:
            return read_value(data, reply.data)
        except NotUnderstood as fault:
            text = f"the answer's data cannot be read: {fault}"
        raise Unreadable(text, status=answer.status, request_id=reply.request_id, **facts)

    def _now(self) -> float:
        return self._server_time.now(self._clock())

    def _fill(self, endpoint: Endpoint, ids: Mapping[str, str]) -> str:
        for name, value in ids.items():
            if not (value.isascii() and value.isalnum()):
                raise Refused(f"{name} is not an id", platform="tiktok", method=endpoint.method, path=endpoint.path)
        return endpoint.path.format_map(ids)

    def _send(
        self, endpoint: Endpoint, path: str, stamp: float, query: Mapping[str, str], body: Body, deadline: float | None
    ) -> Answer:
        values = {**query, "app_key": self._app_key, "timestamp": str(int(stamp))}
        if endpoint.level == "shop":
            values["shop_cipher"] = self._cipher
        values["sign"] = sign(self._app_secret, path, values, body.content or b"", body.content_type)
        self._take(endpoint)
        start = time.monotonic()
        try:
            answer = self._transport.send(
                Request(
                    endpoint.method,
                    f"{self._api_url}{path}?{urlencode(values, quote_via=quote)}",
                    {"x-tts-access-token": self._access_token, "Content-Type": body.content_type},
                    body.content,
                    "tiktok",
                    path,
                    retries=2,
                    again=lambda: self._take(endpoint),
                    deadline=deadline,
                )
            )
        except ClientError as error:
            if self._observe:
                seconds = time.monotonic() - start
                self._observe(self._exchange(error.status, "", error.text, seconds, endpoint.method, path, query, body))
            raise
        self._server_time.learn(answer.headers.get("Date"), self._clock())
        return answer

    def _take(self, endpoint: Endpoint) -> None:
        self._budget.take(self._key, endpoint.path, live=self._live)

    def _read(self, answer: Answer) -> Reply:
        try:
            value = parse(answer.body)
        except NotUnderstood:
            value = None
        if isinstance(value, dict) and isinstance(value.get("code"), int | str):
            message = remark(str(value.get("message") or ""), self._secrets)
            return Reply(str(value["code"]), message, str(value.get("request_id") or ""), value.get("data"))
        return Reply("", "the answer is not TikTok Shop's envelope", "", None)

    def _failure(self, answer: Answer, reply: Reply, facts: dict[str, Any]) -> ClientError:
        details: list[ItemError] = item_errors(reply.data, lambda text: remark(text, self._secrets))
        error = failure(
            answer.status, reply.code, reply.message, answer.headers, details, request_id=reply.request_id, **facts
        )
        if isinstance(error, Throttled):
            pause = THROTTLE_PAUSE if error.retry_after is None else error.retry_after
            self._budget.pause(self._key, min(pause, LONGEST_PAUSE))
        elif isinstance(error, Unreachable):
            error.unknown = True
        elif isinstance(error, Unauthorised):
            error.credential = mark(self._access_token)
        return error

    def _show(
        self, answer: Answer, reply: Reply, facts: Mapping[str, Any], query: Mapping[str, str], body: Body
    ) -> None:
        if self._observe:
            received = evidence(answer.body, self._secrets)
            self._observe(
                self._exchange(
                    answer.status,
                    reply.request_id,
                    received,
                    answer.seconds,
                    facts["method"],
                    facts["path"],
                    query,
                    body,
                )
            )

    def _exchange(
        self,
        status: int | None,
        request_id: str,
        received: str,
        seconds: float,
        method: str,
        path: str,
        query: Mapping[str, str],
        body: Body,
    ) -> Exchange:
        shown = f"{path}?{urlencode(query, quote_via=quote, safe=',')}" if query else path
        sent = body.shown or evidence(body.content, self._secrets)
        return Exchange("tiktok", method, shown, status, request_id, sent, received, seconds)
