"""Registering, signing, delivering and retrying webhooks (reference 9)."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from flask.testing import FlaskClient

from sandbox.tiktok.platform import Platform
from tests.sandbox.tiktok.conftest import US, Document, Shop

HOOKS = "/event/202309/webhooks"


class Receiver:
    """A loopback server that keeps what it got and answers `status`."""

    def __init__(self) -> None:
        self.got: list[tuple[str, bytes, str]] = []
        self.status = 200
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append((self.path, body, self.headers["Authorization"]))
                self.send_response(outer.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait(self, count: int) -> list[Document]:
        """The bodies, as soon as `count` have come."""
        until = time.monotonic() + 5
        while len(self.got) < count and time.monotonic() < until:
            time.sleep(0.01)
        assert len(self.got) == count
        return [json.loads(body) for _, body, _ in self.got]


@pytest.fixture
def receiver(shared: Platform) -> Iterator[Receiver]:
    receiver = Receiver()
    shared.box.settings.app_url = receiver.url
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


def settled(shared: Platform, state: str, attempts: int = 1) -> Document:
    """The first delivery once it has the state after so many attempts."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        row = next(iter(shared.webhooks.deliveries.values()))
        if row["state"] == state and len(row["attempts"]) >= attempts:
            return row
        time.sleep(0.01)
    raise AssertionError(row)


def test_a_verdict_is_told_signed_to_the_default_address(
    us: Shop, mug: Document, shared: Platform, receiver: Receiver, review_all: Callable[[], None]
) -> None:
    number = us.data("POST", "/product/202309/products", mug)["product_id"]
    review_all()
    bodies = {body["type"]: body for body in receiver.wait(2)}
    assert bodies[5]["data"]["product_id"] == int(number) and bodies[5]["shop_id"] == US
    assert bodies[5]["data"]["status"] == "PRODUCT_FIRST_PASS_REVIEW"
    assert bodies[37]["data"]["audit"]["status"] == "APPROVED"
    assert len({body["tts_notification_id"] for body in bodies.values()}) == 2
    settings = shared.box.settings
    for path, raw, signature in receiver.got:
        message = settings.tiktok_app_key.encode() + raw
        assert signature == hmac.new(settings.tiktok_app_secret.encode(), message, hashlib.sha256).hexdigest()
        assert path == "/hooks/tiktok"


def test_retries_on_the_sandbox_clock(us: Shop, shared: Platform, receiver: Receiver) -> None:
    receiver.status = 500
    shared.webhooks.send(US, "PRODUCT_STATUS_CHANGE", {"product_id": 1})
    for attempt, wait in enumerate((120, 1800, 10_800, 43_200), 1):
        receiver.wait(attempt)
        settled(shared, "waiting", attempt)
        shared.box.clock.advance(wait - 5)
        assert shared.box.timers.run_due() == 0
        shared.box.clock.advance(6)
        assert shared.box.timers.run_due() == 1
        receiver.wait(attempt + 1)
    assert [row["status"] for row in settled(shared, "dropped")["attempts"]] == [500] * 5
    assert len({raw for _, raw, _ in receiver.got}) == 1


def test_a_receiver_that_cannot_be_reached(us: Shop, shared: Platform) -> None:
    shared.webhooks.send(US, "PRODUCT_STATUS_CHANGE", {"product_id": 1})
    assert settled(shared, "waiting")["attempts"][0]["status"] == 0


def test_nothing_is_sent_for_a_seller_who_never_authorized(shared: Platform) -> None:
    assert shared.webhooks.send(US, "PRODUCT_STATUS_CHANGE", {}) is None


def test_deauthorization_is_told(us: Shop, http: FlaskClient, shared: Platform, receiver: Receiver) -> None:
    body = {"seller_id": us.row["seller_id"], "action": "deauthorize"}
    assert http.post("/control/api/tiktok/authorization", json=body).get_json()["changed"] == 1
    assert receiver.wait(1)[0]["type"] == 6


def test_registered_address(us: Shop, receiver: Receiver, shared: Platform) -> None:
    address = f"{receiver.url}/own"
    us.data("PUT", HOOKS, {"address": address, "event_type": "PRODUCT_STATUS_CHANGE"})
    found = us.data("GET", HOOKS)
    assert found["total_count"] == 1 and found["webhooks"][0]["address"] == address
    shared.webhooks.send(US, "PRODUCT_STATUS_CHANGE", {})
    receiver.wait(1)
    assert receiver.got[0][0] == "/own"
    for _ in range(2):
        us.data("DELETE", HOOKS, {"event_type": "PRODUCT_STATUS_CHANGE"})
    assert us.data("GET", HOOKS)["total_count"] == 0


ADDRESSES = {
    "https://shop.example/hooks": 0,
    "http://127.0.0.1:8000/hooks": 0,
    "http://shop.example/hooks": 36009004,
    "https://shop.example:8443/hooks": 36009004,
    "https://93.184.216.34/hooks": 36009004,
    "https://shop.example/" + "x" * 255: 36009004,
    "": 36009004,
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_addresses(us: Shop, address: str) -> None:
    answer = us.call("PUT", HOOKS, {"address": address, "event_type": "PRODUCT_STATUS_CHANGE"})
    assert answer["code"] == ADDRESSES[address]


def test_unknown_event_type(us: Shop) -> None:
    assert us.call("PUT", HOOKS, {"address": "https://shop.example/", "event_type": "NEWS"})["code"] == 36009004
