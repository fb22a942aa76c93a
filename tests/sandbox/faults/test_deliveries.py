"""Webhooks that are lost, doubled, late, shuffled or forged, of both platforms, at a real receiver."""

from __future__ import annotations

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
from flask import Flask

from sandbox import create_app
from sandbox.bigcommerce.seeds import FIRST
from tests.sandbox.bigcommerce.conftest import Api, installed
from tests.sandbox.tiktok.conftest import US, Shop

Document = dict[str, Any]
EVENTS = 40
BOTH = pytest.mark.parametrize("platform", ["tiktok", "bigcommerce"])


@dataclass
class Mail:
    """A running sandbox, the app's receiver, and what came."""

    app: Flask
    api: Api
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    status: int = 200

    def faults(self, platform: str, **chosen: float) -> None:
        answer = self.app.test_client().post("/control/api/webhook-faults", json={"platform": platform, **chosen})
        assert answer.status_code == 200

    def fire(self, platform: str, count: int = EVENTS) -> None:
        for number in range(count):
            if platform == "tiktok":
                data = {"product_id": number, "status": "PRODUCT_STATUS_CHANGED"}
                self.app.extensions["tiktok"].webhooks.send(US, "PRODUCT_STATUS_CHANGE", data)
            else:
                shop = self.app.extensions["bigcommerce"]
                shop.webhooks.fire(shop.stores[FIRST], "store/product/updated", {"type": "product", "id": number})

    def due(self, seconds: float = 0.0) -> None:
        """Let so much of the sandbox's time pass."""
        box = self.app.extensions["sandbox"]
        box.clock.advance(seconds)
        box.timers.run_due()

    def drain(self) -> int:
        """Wait until nothing is on its way any more (every thread of the pools is idle); how many came."""
        for platform in ("tiktok", "bigcommerce"):
            pool = self.app.extensions[platform].webhooks.pool
            barrier = threading.Barrier(pool._max_workers + 1)
            for _ in range(pool._max_workers):
                pool.submit(barrier.wait, 10)
            barrier.wait(10)
        return len(self.got)

    def numbers(self) -> list[int]:
        """The products that the events are about, in the order they came."""
        rows = [json.loads(body)["data"] for _, body in self.got]
        return [int(row["product_id"] if "product_id" in row else row["id"]) for row in rows]

    def genuine(self) -> list[bool]:
        """Which deliveries the app's secret really signed."""
        settings = self.app.extensions["sandbox"].settings
        found = []
        for headers, body in self.got:
            if "Authorization" in headers:
                message = settings.tiktok_app_key.encode() + body
                expected = hmac.new(settings.tiktok_app_secret.encode(), message, hashlib.sha256).hexdigest()
                found.append(headers["Authorization"] == expected)
            else:
                signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
                digest = hmac.new(settings.bigcommerce_client_secret.encode(), signed, hashlib.sha256).digest()
                found.append(headers["webhook-signature"] == "v1," + base64.b64encode(digest).decode())
        return found


@pytest.fixture
def mail() -> Iterator[Mail]:
    app = create_app(run_timers=False, products=2)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.got.append((dict(self.headers.items()), body))
            self.send_response(found.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    Shop(app.test_client(), app.extensions["tiktok"], US)
    found = Mail(app, installed(app, FIRST))
    app.extensions["sandbox"].settings.app_url = url
    found.api.post("/v3/hooks", {"scope": "store/product/*", "destination": url, "headers": {"X-Secret": "s"}})
    yield found
    for platform in ("tiktok", "bigcommerce"):
        app.extensions[platform].webhooks.pool.shutdown(wait=True, cancel_futures=True)
    server.shutdown()
    server.server_close()


@BOTH
def test_without_faults_everything_comes_once(mail: Mail, platform: str) -> None:
    mail.fire(platform)
    mail.due()
    assert mail.drain() == EVENTS
    assert sorted(mail.numbers()) == list(range(EVENTS)) and all(mail.genuine())


@BOTH
def test_all_of_them_twice(mail: Mail, platform: str) -> None:
    mail.faults(platform, duplicate=1)
    mail.fire(platform)
    mail.due()
    assert mail.drain() == 2 * EVENTS
    assert sorted(mail.numbers()) == sorted([*range(EVENTS), *range(EVENTS)])
    assert len({body for _, body in mail.got}) == EVENTS and all(mail.genuine())


@BOTH
def test_a_share_is_lost_for_good(mail: Mail, platform: str) -> None:
    mail.faults(platform, drop=1)
    mail.fire(platform)
    mail.due(86_400)
    assert mail.drain() == 0
    mail.faults(platform, drop=0.5)
    mail.fire(platform)
    mail.due()
    assert 5 <= mail.drain() <= EVENTS - 5
    assert len(mail.app.extensions["sandbox"].timers.planned) == 0


@BOTH
def test_late_ones_come_late(mail: Mail, platform: str) -> None:
    mail.faults(platform, delay=60)
    mail.fire(platform)
    mail.due(55)
    assert mail.drain() == 0
    mail.due(10)
    assert mail.drain() == EVENTS


@BOTH
def test_shuffled_ones_come_in_another_order(mail: Mail, platform: str) -> None:
    mail.faults(platform, reorder=60)
    mail.fire(platform)
    plans = mail.app.extensions["sandbox"].timers.planned.values()
    waits = [row["at"] - mail.app.extensions["sandbox"].clock.now() for row in plans]
    assert len(waits) == EVENTS and waits != sorted(waits) and min(waits) > -1 and max(waits) <= 60
    mail.due(60)
    assert mail.drain() == EVENTS
    assert sorted(mail.numbers()) == list(range(EVENTS))


@BOTH
def test_forged_ones_come_besides_under_a_name_of_their_own(mail: Mail, platform: str) -> None:
    mail.faults(platform, forge=1)
    mail.fire(platform)
    mail.due()
    assert mail.drain() == 2 * EVENTS
    assert mail.genuine().count(True) == mail.genuine().count(False) == EVENTS
    forged = [json.loads(body) for (_, body), fine in zip(mail.got, mail.genuine(), strict=True) if not fine]
    if platform == "tiktok":
        assert all(row["tts_notification_id"].startswith("66") for row in forged)
    else:
        assert all(row["hash"] == "f" * 40 for row in forged)


@BOTH
def test_copies_and_forgeries_are_not_tried_again(mail: Mail, platform: str) -> None:
    mail.status = 500
    mail.faults(platform, duplicate=1, forge=1)
    mail.fire(platform, 1)
    mail.due()
    assert mail.drain() == 3
    assert len(mail.app.extensions["sandbox"].timers.planned) == 1
    mail.due(3600)
    assert mail.drain() == 4


@pytest.mark.parametrize(
    "body",
    [{"drop": 1}, {"platform": "tiktok", "drop": 2}, {"platform": "tiktok", "lose": 1}, {"platform": "x"}],
    ids=str,
)
def test_what_makes_no_sense_is_refused(mail: Mail, body: Document) -> None:
    assert mail.app.test_client().post("/control/api/webhook-faults", json=body).status_code == 422
