"""Semi-consignment stores: which are paired with which local store, and publishing to them. TikTok documents no such
API (reference 10.1). This module is the whole of our assumption about it: an adapter at an address of its own, asked
with three calls in TikTok's envelope. Everything else about such a store goes through the ordinary endpoints."""

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from pydantic import Field, TypeAdapter

from clients.errors import ClientError, Refused, Unauthorised, Unreadable
from clients.exchange import Exchange, Observer, evidence, remark
from clients.reading import Flag, Many, Model, NotUnderstood, Text, parse, read_value
from clients.tiktok.codes import failure
from clients.transport import Request, Transport

T = TypeVar("T")
NO_PERMISSION = "semi.adapter"


class Pair(Model):
    """One store of TikTok's and the local store it sells for. `warehouse_map`: local warehouse -> its own."""

    pair_id: str = Field(min_length=1)
    local_shop: str = Field(min_length=1, validation_alias="shop_3p")
    semi_shop: str = Field(min_length=1, validation_alias="shop_1p")
    warehouse_map: dict[str, str]
    in_effect: Flag = False


class PublishedSku(Model):
    id: str = Field(min_length=1)
    seller_sku: Text = ""


class Published(Model):
    """What a local product became; no id when nothing was made of it."""

    product_id: Text = ""
    skus: Many[PublishedSku] = ()


class _Pairs(Model):
    pairs: Many[Pair]


_PAIRS, _PUBLISHED = TypeAdapter(_Pairs), TypeAdapter(Published)


class SemiConsignment:
    """The adapter at `url`; `token` goes along as a bearer token where there is one."""

    def __init__(self, transport: Transport, url: str, token: str = "", observe: Observer | None = None) -> None:
        self._transport = transport
        self._url = url.rstrip("/")
        self._token = token
        self._observe = observe

    def pairs(self, shop_ids: Sequence[str]) -> list[Pair]:
        """The pairs in which one of these stores takes part."""
        return list(self._call("GET", "/pairs", _PAIRS, query={"shop_ids": ",".join(shop_ids)}).pairs)

    def publish(self, pair_id: str, product_id: str) -> Published:
        """Makes a live local product one of the paired store; one that is there already is answered again."""
        return self._call("POST", "/publish", _PUBLISHED, body={"pair_id": pair_id, "product_id": product_id})

    def published(self, pair_id: str, product_id: str) -> Published:
        """What the local product became there, if anything."""
        return self._call("GET", "/published", _PUBLISHED, query={"pair_id": pair_id, "product_id": product_id})

    def _call(
        self,
        method: str,
        path: str,
        kind: TypeAdapter[T],
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> T:
        shown = f"/semi-consignment{path}" + (f"?{urlencode(query, quote_via=quote, safe=',')}" if query else "")
        content = json.dumps(body, separators=(",", ":")).encode() if body is not None else None
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        url = f"{self._url}{path}" + (f"?{urlencode(query, quote_via=quote)}" if query else "")
        facts: dict[str, Any] = {"platform": "tiktok", "method": method, "path": f"/semi-consignment{path}"}
        start = time.monotonic()
        try:
            answer = self._transport.send(Request(method, url, headers, content, "tiktok", facts["path"], retries=2))
        except ClientError as error:
            self._show(method, shown, error.status, "", content, error.text.encode(), time.monotonic() - start)
            raise
        code, message, request_id, data = _envelope(answer.body)
        self._show(method, shown, answer.status, request_id, content, answer.body, answer.seconds)
        if not 200 <= answer.status < 300 or code != "0":
            text = remark(message, (self._token,))
            refusal = failure(answer.status, code, text, answer.headers, [], request_id=request_id, **facts)
            if isinstance(refusal, Unauthorised):  # the adapter's permission, which is not the shop's
                raise Refused(text, status=answer.status, code=code or NO_PERMISSION, request_id=request_id, **facts)
            raise refusal
        try:
            return read_value(kind, data)
        except NotUnderstood as fault:
            told = f"the answer's data cannot be read: {fault}"
        raise Unreadable(told, status=answer.status, request_id=request_id, **facts)

    def _show(
        self,
        method: str,
        path: str,
        status: int | None,
        request_id: str,
        sent: bytes | None,
        received: bytes,
        seconds: float,
    ) -> None:
        if self._observe:
            hidden = (self._token,) if self._token else ()
            told = evidence(sent, hidden), evidence(received, hidden)
            self._observe(Exchange("tiktok", method, path, status, request_id, *told, seconds))


def _envelope(body: bytes) -> tuple[str, str, str, Any]:
    """(code, message, request id, data); an empty code when it is no envelope."""
    try:
        value = parse(body)
    except NotUnderstood:
        value = None
    if isinstance(value, dict) and isinstance(value.get("code"), int | str):
        request_id = str(value.get("request_id") or "")
        return str(value["code"]), str(value.get("message") or ""), request_id, value.get("data")
    return "", "the answer is not the adapter's envelope", "", None
