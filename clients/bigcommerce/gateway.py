"""One call to a store: budget, transport, evidence, the window reported, the refusal raised."""

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from pydantic import TypeAdapter

from clients.bigcommerce.refusals import OVERLOADED_PAUSE, failure, number
from clients.budget import Budget
from clients.errors import ClientError, Throttled, Unreadable
from clients.exchange import Exchange, Observer, evidence
from clients.reading import NotUnderstood, read_json
from clients.transport import Answer, Request, Transport

T = TypeVar("T")
LONGEST_PAUSE = 60.0


class Gateway:
    """Calls with one store's token."""

    def __init__(
        self,
        transport: Transport,
        api_url: str,
        store_hash: str,
        token: str,
        budget: Budget,
        observe: Observer | None,
        live: bool,
    ) -> None:
        if not (store_hash.isascii() and store_hash.isalnum()):
            raise ValueError("a store hash has letters and digits only")
        self._transport = transport
        self._base = api_url.rstrip("/")
        self._store = f"/stores/{store_hash}"
        self._token = token
        self._key = f"bigcommerce:{store_hash}"
        self._budget = budget
        self._observe = observe
        self._live = live
        self._secrets = (token,) if token else ()

    def read(self, template: str, kind: TypeAdapter[T], query: Mapping[str, object] | None = None, id: int = 0) -> T:
        """GET into a model, repeated where that is safe."""
        answer = self.send("GET", template, query=query, id=id)
        return self.understand(answer, kind, "GET", self.path(template, id))

    def read_list(
        self, template: str, kind: TypeAdapter[tuple[T, ...]], query: Mapping[str, object] | None = None, id: int = 0
    ) -> tuple[T, ...]:
        """A bare array of V2, which may be 204 without a body when it is empty (reference 5.1)."""
        answer = self.send("GET", template, query=query, id=id)
        return () if answer.status == 204 else self.understand(answer, kind, "GET", self.path(template, id))

    def send(
        self,
        method: str,
        template: str,
        *,
        query: Mapping[str, object] | None = None,
        body: object = None,
        id: int = 0,
        sub: int = 0,
        secrets: tuple[str, ...] = (),
    ) -> Answer:
        """A successful answer, or a branch of the error tree. `secrets` are values to keep out of evidence."""
        path = self.path(template, id, sub)
        asked = urlencode({name: str(value) for name, value in (query or {}).items()}, safe=":,")
        shown = f"{path}?{asked}" if asked else path
        content = None if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {"X-Auth-Token": self._token, "Accept": "application/json"}
        if content is not None:
            headers["Content-Type"] = "application/json"
        hidden = self._secrets + secrets
        self._take(template)
        start = time.monotonic()
        try:
            answer = self._transport.send(
                Request(
                    method,
                    self._base + shown,
                    headers,
                    content,
                    "bigcommerce",
                    path,
                    retries=2,
                    again=lambda: self._take(template),
                )
            )
        except ClientError as error:
            if self._observe:
                seconds = time.monotonic() - start
                self._observe(
                    Exchange(
                        "bigcommerce", method, shown, error.status, "", evidence(content, hidden), error.text, seconds
                    )
                )
            raise
        request_id = _request_id(answer)
        if self._observe:
            self._observe(
                Exchange(
                    "bigcommerce",
                    method,
                    shown,
                    answer.status,
                    request_id,
                    evidence(content, hidden),
                    evidence(answer.body, hidden),
                    answer.seconds,
                )
            )
        self._report(answer)
        if 200 <= answer.status < 300:
            return answer
        refusal = failure(answer, hidden, platform="bigcommerce", method=method, path=path, request_id=request_id)
        if isinstance(refusal, Throttled):
            wait = OVERLOADED_PAUSE if refusal.retry_after is None else refusal.retry_after
            self._budget.pause(self._key, min(wait, LONGEST_PAUSE))
        raise refusal

    def understand(self, answer: Answer, kind: TypeAdapter[T], method: str, path: str) -> T:
        """The answer's body as a model, or Unreadable naming the first field at fault."""
        try:
            return read_json(kind, answer.body)
        except NotUnderstood as fault:
            text = f"the answer cannot be read: {fault}"
        facts: dict[str, Any] = {"status": answer.status, "request_id": _request_id(answer)}
        raise Unreadable(text, platform="bigcommerce", method=method, path=path, **facts)

    def path(self, template: str, id: int = 0, sub: int = 0) -> str:
        """The path as errors name it."""
        return self._store + template.format(id=int(id), sub=int(sub))

    def _take(self, template: str) -> None:
        self._budget.take(self._key, template, live=self._live)

    def _report(self, answer: Answer) -> None:
        left = number(answer.headers, "X-Rate-Limit-Requests-Left")
        quota = number(answer.headers, "X-Rate-Limit-Requests-Quota")
        reset = number(answer.headers, "X-Rate-Limit-Time-Reset-Ms")
        if left is not None and quota is not None and reset is not None:
            self._budget.report(self._key, int(left), int(quota), reset / 1000)


def moment(value: datetime | None) -> str | None:
    """With a time and a zone: a bare date is given the current time of day (reference 3.1)."""
    return None if value is None else value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _request_id(answer: Answer) -> str:
    return (answer.headers.get("X-Request-Id") or answer.headers.get("X-Correlation-Id") or "")[:100]
