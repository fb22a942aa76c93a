"""/v3/hooks: a client sees and changes only its own (reference 7.1)."""

from urllib.parse import urlsplit

from flask import Response, g, request

from sandbox.bigcommerce.answers import body, listing, one
from sandbox.bigcommerce.api import api
from sandbox.bigcommerce.platform import bigcommerce
from sandbox.bigcommerce.refusals import invalid, not_found
from sandbox.bigcommerce.validation import PLAIN, checked
from sandbox.state import Document

PER_SCOPE = 10
LOOPBACK = ("127.0.0.1", "localhost")


def mine(store_hash: str) -> list[Document]:
    hooks = bigcommerce().webhooks.hooks.values()
    return [hook for hook in hooks if hook["store_hash"] == store_hash and hook["client_id"] == g.client_id]


def find(store_hash: str, hook_id: int) -> Document:
    for hook in mine(store_hash):
        if hook["id"] == hook_id:
            return hook
    raise not_found("webhook", hook_id)


def check(store_hash: str, fields: Document, headers: object, besides: int = 0) -> None:
    """The documented limits; HTTPS on port 443 only, except towards this machine."""
    if "destination" in fields:
        try:
            url = urlsplit(fields["destination"])
            host, port = url.hostname or "", url.port
        except ValueError:
            raise invalid({"destination": "The destination is not a URL"}) from None
        local = host in LOOPBACK or host.endswith(".localhost")
        if not host or (not local and (url.scheme != "https" or port not in (None, 443))):
            raise invalid({"destination": "The destination must be HTTPS on port 443"})
    if headers is not None and not (
        isinstance(headers, dict) and all(isinstance(value, str) for value in headers.values())
    ):
        raise invalid({"headers": "headers must be an object of strings"})
    same = [hook for hook in mine(store_hash) if hook["scope"] == fields.get("scope") and hook["id"] != besides]
    if any(hook["destination"] == fields.get("destination") for hook in same):
        raise invalid({"destination": "A webhook with this scope and destination exists already"})
    if len(same) >= PER_SCOPE:
        raise invalid({"scope": f"At most {PER_SCOPE} webhooks are allowed per scope"})


@api.get("/v3/hooks")
def list_hooks(store_hash: str) -> Response:
    rows = mine(store_hash)
    for name in ("scope", "destination"):
        if request.args.get(name):
            rows = [row for row in rows if row[name] == request.args[name]]
    if request.args.get("is_active"):
        rows = [row for row in rows if row["is_active"] == (request.args["is_active"].lower() in ("1", "true"))]
    return listing(rows, lambda row: row)


@api.post("/v3/hooks")
def create_hook(store_hash: str) -> Response:
    given = body()
    fields = checked(PLAIN["hook"], given, ("scope", "destination"))
    platform = bigcommerce()
    with platform.box.state.lock:
        check(store_hash, fields, given.get("headers"))
        return one(platform.webhooks.add(store_hash, g.client_id, {**fields, "headers": given.get("headers")}))


@api.get("/v3/hooks/<int:hook_id>")
def get_hook(store_hash: str, hook_id: int) -> Response:
    return one(find(store_hash, hook_id))


@api.put("/v3/hooks/<int:hook_id>")
def update_hook(store_hash: str, hook_id: int) -> Response:
    given, hook = body(), find(store_hash, hook_id)
    fields = checked(PLAIN["hook"], given)
    check(store_hash, {**hook, **fields}, given.get("headers"), besides=hook_id)
    if "headers" in given:
        fields["headers"] = given["headers"] or {}
    hook.update(fields, updated_at=int(bigcommerce().box.clock.now()))
    bigcommerce().webhooks.hooks.save(str(hook_id))
    return one(hook)


@api.delete("/v3/hooks/<int:hook_id>")
def delete_hook(store_hash: str, hook_id: int) -> Response:
    hook = find(store_hash, hook_id)
    del bigcommerce().webhooks.hooks[str(hook_id)]
    return one(hook)
