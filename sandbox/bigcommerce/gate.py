"""What every API request passes: token, latency from the control page, quota, scope; and its headers."""

import time
from email.utils import formatdate

from flask import Response, g, request

from sandbox.bigcommerce.platform import bigcommerce
from sandbox.bigcommerce.refusals import Refusal, refuse
from sandbox.faults import marks

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
    ("/v2/order", frozenset({"store_v2_orders", "store_v2_orders_read_only"}), frozenset({"store_v2_orders"})),
    (
        "/v3/orders",
        frozenset({"store_v2_orders", "store_v2_orders_read_only", "store_v2_transactions"}),
        frozenset({"store_v2_orders", "store_v2_transactions"}),
    ),
    ("/v2/store", frozenset({"store_v2_information", "store_v2_information_read_only"}), frozenset()),
)


def enter() -> Response | None:
    """Before the endpoint: None lets the request through."""
    platform = bigcommerce()
    store_hash = str((request.view_args or {})["store_hash"])
    if marks.stage() == marks.EFFECT:
        g.client_id = platform.box.settings.bigcommerce_client_id
        return None  # it was admitted when it came
    grant = platform.tokens.get(request.headers.get("X-Auth-Token", ""))
    if grant is None or grant["hash"] != store_hash:
        return refuse(Refusal(401, "Unauthorized: the X-Auth-Token is missing, wrong or revoked."))
    g.client_id = grant["client_id"]
    store = platform.store(store_hash)
    if store["latency"]:
        time.sleep(store["latency"] / 1000)
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
    return Response(status=202) if marks.admitted_only() else None


def in_scope(granted: set[str]) -> bool:
    path = "/" + request.path.split("/", 3)[3]
    for start, read, write in SCOPES:
        if path.startswith(start):
            return bool(granted & (read if request.method in ("GET", "HEAD") else write))
    return True


def leave(response: Response) -> Response:
    """After the endpoint: the quota headers, and the platform's own time."""
    for name, value in g.get("limits", {}).items():
        response.headers[name] = value
    response.headers["X-BC-Store-Version"] = "24.11.0"
    response.headers["Date"] = formatdate(bigcommerce().box.clock.now(), usegmt=True)
    return response
