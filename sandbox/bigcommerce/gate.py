"""What every API request passes: faults and latency from the control page, token, scope, quota; and its headers."""

import time
from collections.abc import Iterator

from flask import Response, g, request

from sandbox.bigcommerce.platform import bigcommerce
from sandbox.bigcommerce.refusals import Refusal, refuse

# First match wins: path part after /v2 or /v3, scopes that may read, scopes that may write (reference 1.5).
SCOPES: tuple[tuple[str, frozenset[str], frozenset[str]], ...] = (
    ("/v3/catalog", frozenset({"store_v2_products", "store_v2_products_read_only"}), frozenset({"store_v2_products"})),
    (
        "/v3/inventory/locations/",
        frozenset({"store_inventory", "store_inventory_read_only"}),
        frozenset({"store_inventory"}),
    ),
    (
        "/v3/inventory/locations",
        frozenset({"store_locations", "store_locations_read_only"}),
        frozenset({"store_locations"}),
    ),
    ("/v3/inventory", frozenset({"store_inventory", "store_inventory_read_only"}), frozenset({"store_inventory"})),
    (
        "/v3/settings",
        frozenset({"store_v2_information", "store_v2_information_read_only"}),
        frozenset({"store_v2_information"}),
    ),
    ("/v2/store", frozenset({"store_v2_information", "store_v2_information_read_only"}), frozenset()),
)


def enter() -> Response | None:
    """Before the endpoint: None lets the request through."""
    platform = bigcommerce()
    store_hash = str((request.view_args or {})["store_hash"])
    grant = platform.tokens.get(request.headers.get("X-Auth-Token", ""))
    if grant is None or grant["hash"] != store_hash:
        return refuse(Refusal(401, "Unauthorized: the X-Auth-Token is missing, wrong or revoked."))
    g.client_id = grant["client_id"]
    store = platform.store(store_hash)
    if store["latency"]:
        time.sleep(store["latency"] / 1000)
    fault = next_fault(store_hash)
    if fault == "overloaded":  # a 429 that names no window: the store itself is busy
        return refuse(Refusal(429, "Too many requests"))
    if fault in ("500", "503"):
        return refuse(Refusal(int(fault), "The store is not available right now."))
    g.lose_answer = fault == "lost"
    allowed, left, reset = platform.quota.take(store_hash, int(store["quota"]))
    g.limits = {
        "X-Rate-Limit-Requests-Quota": str(store["quota"] or 1_000_000),
        "X-Rate-Limit-Requests-Left": str(left),
        "X-Rate-Limit-Time-Window-Ms": "30000",
        "X-Rate-Limit-Time-Reset-Ms": str(reset),
    }
    if not allowed:
        g.limits["X-Retry-After"] = str(-(-reset // 1000))
        return refuse(Refusal(429, "You have exceeded your request quota for this window."))
    if not in_scope(set(grant["scope"].split())):
        return refuse(Refusal(403, "You don't have a required scope to access the endpoint"))
    return None


def in_scope(granted: set[str]) -> bool:
    path = "/" + request.path.split("/", 3)[3]
    for start, read, write in SCOPES:
        if path.startswith(start):
            return bool(granted & (read if request.method in ("GET", "HEAD") else write))
    return True


def next_fault(store_hash: str) -> str | None:
    """Take the next fault that the control page asked for, if any."""
    platform = bigcommerce()
    with platform.box.state.lock:
        store = platform.stores[store_hash]
        if not store["faults"]:
            return None
        fault = str(store["faults"].pop(0))
        platform.stores.save(store_hash)
        return fault


def leave(response: Response) -> Response:
    """After the endpoint: the quota headers, or an answer that breaks off after its effect took place."""
    for name, value in g.get("limits", {}).items():
        response.headers[name] = value
    response.headers["X-BC-Store-Version"] = "24.11.0"
    if not g.get("lose_answer"):
        return response

    def broken() -> Iterator[bytes]:
        yield b"{"
        raise ConnectionAbortedError("the sandbox was asked to lose this answer")

    return Response(broken(), status=200, headers={"Content-Length": "4096", "Content-Type": "application/json"})
