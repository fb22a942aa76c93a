"""Hooks and their deliveries, to a real receiver on loopback."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from sandbox.bigcommerce.platform import BigCommerce
from sandbox.bigcommerce.webhooks import RETRY_WAITS, TIMER
from tests.sandbox.bigcommerce.conftest import Api

Received = tuple[dict[str, str], bytes]


@dataclass
class Receiver:
    url: str = ""
    status: int = 200
    calls: list[Received] = field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.calls.append((dict(self.headers.items()), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(found.status)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}/hooks"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield found
    server.shutdown()
    server.server_close()


def subscribe(api: Api, receiver: Receiver, scope: str) -> dict[str, Any]:
    body = {"scope": scope, "destination": receiver.url, "headers": {"X-Secret": "s3cret"}, "is_active": True}
    data: dict[str, Any] = api.post("/v3/hooks", body).get_json()["data"]
    return data


def deliver(platform: BigCommerce) -> None:
    """Attempt what is due, here and now instead of in the pool."""
    planned = platform.box.timers.planned
    now = platform.box.clock.now()
    for key, timer in list(planned.items()):
        if timer["kind"] == TIMER and timer["at"] <= now:
            del planned[key]
            platform.webhooks.attempt(timer["payload"])


def scopes(receiver: Receiver) -> list[str]:
    return [json.loads(body)["scope"] for _, body in receiver.calls]


def test_a_delivery_is_signed_and_carries_the_custom_headers(
    api: Api, platform: BigCommerce, receiver: Receiver
) -> None:
    subscribe(api, receiver, "store/product/*")
    product = api.new("Fired", sku="FIRED")
    deliver(platform)
    [(headers, body)] = receiver.calls
    message = json.loads(body)
    assert (message["scope"], message["data"]) == ("store/product/created", {"type": "product", "id": product["id"]})
    assert (
        message["producer"] == f"stores/{api.store}"
        and message["store_id"] == "1002345678"
        and len(message["hash"]) == 40
    )
    assert headers["X-Secret"] == "s3cret"
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = hmac.new(platform.box.settings.bigcommerce_client_secret.encode(), signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + base64.b64encode(digest).decode()


def test_changes_fire_what_they_are(api: Api, platform: BigCommerce, receiver: Receiver) -> None:
    for scope in ("store/product/updated", "store/product/deleted", "store/product/inventory/updated", "store/sku/*"):
        subscribe(api, receiver, scope)
    rows = [{"sku": "V-1", "option_values": [{"option_display_name": "Size", "label": "S"}]}]
    simple, sized = (
        api.new("Simple", inventory_tracking="product"),
        api.new("Sized", inventory_tracking="variant", variants=rows),
    )
    api.put(f"/v3/catalog/products/{simple['id']}", {"mpn": "only the mpn"})
    deliver(platform)
    assert scopes(receiver) == []
    api.put(f"/v3/catalog/products/{simple['id']}", {"price": 99})
    api.put(
        "/v3/inventory/adjustments/absolute", {"items": [{"location_id": 1, "product_id": simple["id"], "quantity": 5}]}
    )
    api.put("/v3/inventory/adjustments/absolute", {"items": [{"location_id": 1, "sku": "V-1", "quantity": 5}]})
    api.call("DELETE", f"/v3/catalog/products/{sized['id']}")
    deliver(platform)
    assert sorted(scopes(receiver)) == [
        "store/product/deleted", "store/product/inventory/updated", "store/product/updated", "store/product/updated",
        "store/product/updated", "store/sku/inventory/updated",
    ]  # fmt: skip


def test_a_failed_delivery_is_tried_again_and_then_switched_off(
    api: Api, platform: BigCommerce, receiver: Receiver
) -> None:
    hook = subscribe(api, receiver, "store/product/created")
    receiver.status = 500
    api.new("Retried")
    deliver(platform)
    for wait in RETRY_WAITS:
        deliver(platform)
        count = len(receiver.calls)
        platform.box.clock.advance(wait - 5)
        deliver(platform)
        assert len(receiver.calls) == count
        platform.box.clock.advance(5)
        deliver(platform)
        assert len(receiver.calls) == count + 1
    assert len({headers["webhook-id"] for headers, _ in receiver.calls}) == 1
    assert api.get(f"/v3/hooks/{hook['id']}").get_json()["data"]["is_active"] is False


def test_duplicates_share_their_hash(api: Api, platform: BigCommerce, receiver: Receiver) -> None:
    subscribe(api, receiver, "store/product/created")
    body = {"platform": "bigcommerce", "duplicate": 1}
    assert api.app.test_client().post("/control/api/webhook-faults", json=body).status_code == 200
    api.new("Twice")
    deliver(platform)
    assert len(receiver.calls) == 2
    assert len({json.loads(body)["hash"] for _, body in receiver.calls}) == 1


def test_hooks_have_limits_and_go_with_the_app(api: Api, platform: BigCommerce, receiver: Receiver) -> None:
    hook = subscribe(api, receiver, "store/product/created")
    body = {"scope": "store/product/created", "destination": receiver.url}
    assert api.post("/v3/hooks", body).status_code == 422
    for destination in ("http://shop.example/hook", "https://shop.example:8443/hook"):
        assert api.post("/v3/hooks", {**body, "destination": destination}).status_code == 422
    assert api.put(f"/v3/hooks/{hook['id']}", {"is_active": False}).get_json()["data"]["is_active"] is False
    for number in range(9):
        assert api.post("/v3/hooks", {**body, "destination": f"https://shop.example/{number}"}).status_code == 200
    assert api.post("/v3/hooks", {**body, "destination": "https://shop.example/last"}).status_code == 422
    platform.uninstall(api.store)
    assert len(platform.webhooks.hooks) == 0
    assert api.get("/v3/hooks").status_code == 401
