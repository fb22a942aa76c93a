"""The gateway in front of every API path: checks in the documented order, then the endpoint (reference 11, 11.1)."""

from __future__ import annotations

import hmac
import ipaddress
import json
import re
import time
from email.utils import formatdate
from typing import Any

from flask import Blueprint, Response, request

from sandbox.faults import marks
from sandbox.tiktok import semi
from sandbox.tiktok.call import Call
from sandbox.tiktok.endpoints import Endpoint, endpoints
from sandbox.tiktok.platform import Platform, platform
from sandbox.tiktok.refusal import Refusal
from sandbox.tiktok.signing import sign_request

blueprint = Blueprint("tiktok_gateway", __name__)

CATEGORIES = (
    "authorization",
    "seller",
    "logistics",
    "product",
    "event",
    "order",
    "fulfillment",
    "return_refund",
    "finance",
    "supply_chain",
    "promotion",
    "customer_service",
    "fbt",
    "analytics",
)
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
UPLOAD_MAXIMUM = 110 * 1024 * 1024
PAST, FUTURE = 300, 30  # seconds that a timestamp may lie behind or ahead
TOKEN = re.compile(r"(TTP|ROW|GCP)_[\w-]{20,}", re.ASCII)
TIMESTAMP = re.compile(r"\d{1,10}", re.ASCII)

Document = dict[str, Any]


@blueprint.route(f"/<any({', '.join(CATEGORIES)}):category>/<path:rest>", methods=METHODS)
def call(category: str, rest: str) -> Response:
    shared = platform()
    try:
        endpoint, made = admit(shared, category, rest)
        if marks.admitted_only():
            return envelope(shared, 0, "Success", {})
        pause = float(shared.knobs["latency_ms"]) / 1000
        if pause:
            time.sleep(pause)
        semi.admit(endpoint, made)
        data = act(shared, endpoint, made)
        return envelope(shared, 0, "Success", {} if data is None else data)
    except Refusal as refusal:
        return envelope(shared, refusal.code, refusal.message, refusal.data, refusal.status)


def act(shared: Platform, endpoint: Endpoint, made: Call) -> Document | None:
    """Run the endpoint. A creation is marked, so that it can be noted whether its caller ever learned of it."""
    if (endpoint.method, endpoint.category, endpoint.resource) != ("POST", "product", "products"):
        return endpoint.handler(made)
    if not shared.knobs["honour_idempotency"]:
        made.body = {name: value for name, value in made.body.items() if name != "idempotency_key"}
    data = endpoint.handler(made)
    marks.of_request()[marks.CREATED] = str((data or {}).get("product_id", ""))
    return data


def envelope(shared: Platform, code: int, message: str, data: Document | None, status: int = 200) -> Response:
    """The platform's answer; its Date header follows the sandbox's clock."""
    if status == 503:
        return Response("", status, headers={"Date": formatdate(shared.box.clock.now(), usegmt=True)})
    body = json.dumps(
        {"code": code, "message": message, "request_id": shared.request_id(), "data": data}, ensure_ascii=False
    )
    headers = {"Date": formatdate(shared.box.clock.now(), usegmt=True), **semi.headers()}
    return Response(body, status, headers, content_type="application/json")


def admit(shared: Platform, category: str, rest: str) -> tuple[Endpoint, Call]:
    """Every gateway check in order; the first that fails is the answer."""
    version, _, path = rest.partition("/")
    endpoint, params = _endpoint(category, version, path)
    body, raw = _body(endpoint)
    query = {key: values[0] for key, values in request.args.lists()}
    _application(shared, query)
    _signature(shared, query, raw)
    grant = _token(shared, endpoint)
    shop = _shop(shared, endpoint, query, grant)
    owner = shop.get("id") or grant["seller_id"]
    if marks.stage() != marks.EFFECT:
        _address(shared)
        _rate(shared, owner, f"{owner} {endpoint.method} {category}/{version}/{endpoint.resource}")
    if shop and shop["status"] != "ACTIVE":
        raise Refusal(12052700, "The seller is inactive")
    made = Call(shared, version, query, body, params, grant, grant["seller_id"], shop)
    if endpoint.upload:
        made.files, made.form = request.files.to_dict(), request.form.to_dict()
    return endpoint, made


def _endpoint(category: str, version: str, path: str) -> tuple[Endpoint, dict[str, str]]:
    found = endpoints.find(category, path)
    if found is None:
        raise Refusal(36009009, "The path does not exist", 404)
    methods, params = found
    endpoint = methods.get(request.method)
    if endpoint is None:
        raise Refusal(36009010, f"{request.method} is not allowed here", 405)
    if version not in endpoint.versions:
        raise Refusal(36009014, "This API version is not supported")
    return endpoint, params


def _body(endpoint: Endpoint) -> tuple[Document, bytes]:
    kind = (request.content_type or "").partition(";")[0].strip().lower()
    if (request.content_length or 0) > UPLOAD_MAXIMUM:
        raise Refusal(36009021, "The file is too large")
    if endpoint.upload:
        if kind != "multipart/form-data":
            raise Refusal(36009023, "The body must be multipart/form-data")
        return {}, b""
    if kind == "multipart/form-data":
        return {}, b""
    raw = request.get_data()
    if not raw:
        return {}, b""
    if kind != "application/json":
        raise Refusal(36009022, "The body must be JSON or multipart/form-data")
    try:
        body = json.loads(raw)
        if b"\\ud" in raw.lower():
            json.dumps(body, ensure_ascii=False).encode()  # half a character is none
    except ValueError:
        raise Refusal(36009022, "The body is not JSON") from None
    if body == []:
        body = {}  # what PHP makes of an empty map; its public client searches with it
    if not isinstance(body, dict):
        raise Refusal(36009022, "The body must be a JSON object")
    return body, raw


def _address(shared: Platform) -> None:
    allowed = shared.knobs["ip_allow"]
    if not allowed:
        return
    caller = ipaddress.ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104 - no address of ours
    if not any(caller in ipaddress.ip_network(str(row), strict=False) for row in allowed):
        raise Refusal(36009033, "The caller's address is not allowed for this app", 403)


def _rate(shared: Platform, owner: str, key: str) -> None:
    """The endpoint's own rate, then the hourly quota that development shops have (reference 1.8)."""
    if not shared.rate.admit(key):
        raise Refusal(36009002, "Too many requests", 429)
    shared.hourly.calls = int(shared.knobs["hourly_quota"])
    if shared.hourly.calls and not shared.hourly.admit(owner):
        raise Refusal(36009002, "The quota of this hour is used up", 429)


def _application(shared: Platform, query: dict[str, str]) -> None:
    if query.get("app_key") != shared.box.settings.tiktok_app_key:
        raise Refusal(36009004, "app_key is not valid", 401)
    stamp = query.get("timestamp", "")
    now = shared.box.clock.now()
    if marks.stage() == marks.EFFECT:
        return  # it was in time when it was admitted
    if not TIMESTAMP.fullmatch(stamp) or not int(now) - PAST <= int(stamp) <= int(now) + FUTURE:
        raise Refusal(36009004, "timestamp is not valid", 401)


def _signature(shared: Platform, query: dict[str, str], raw: bytes) -> None:
    given = query.get("sign", "")
    if not given:
        raise Refusal(36009004, "sign is missing", 401)
    secret = shared.box.settings.tiktok_app_secret
    bodies = (raw, b"") if raw == b"{}" else (raw,)  # both readings of the official text (reference 1.3)
    for body in bodies:
        expected = sign_request(secret, request.path, query, body, request.content_type or "")
        if hmac.compare_digest(expected.encode(), given.encode()):
            return
    raise Refusal(106001, "The signature is wrong", 401)


def _token(shared: Platform, endpoint: Endpoint) -> Document:
    token = request.headers.get("x-tts-access-token", "")
    if not TOKEN.fullmatch(token):
        raise Refusal(36009004, "The access token is not valid", 401)
    if marks.stage() == marks.EFFECT:
        return dict(shared.authorizations.grants[shared.authorizations.tokens[token]["grant_id"]])
    return shared.authorizations.check(token, endpoint.scope)


def _shop(shared: Platform, endpoint: Endpoint, query: dict[str, str], grant: Document) -> Document:
    cipher = query.get("shop_cipher")
    if not endpoint.cipher:
        if cipher is not None and not shared.box.settings.lenient_cipher:
            raise Refusal(36009004, "shop_cipher is not expected here")
        return {}
    if not cipher:
        raise Refusal(106013, "shop_cipher is missing")
    shop = shared.by_cipher.get(cipher)
    if shop is None or shop["seller_id"] != grant["seller_id"]:
        raise Refusal(101000, "The token does not own this shop_cipher", 401)
    return shop
