"""Webhooks: registered addresses, signed deliveries, retries on the sandbox's clock (reference 9)."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import requests

from sandbox.box import Sandbox
from sandbox.faults.deliveries import Sending, WebhookFaults
from sandbox.tiktok.fixtures import SHOPS
from sandbox.tiktok.signing import sign_webhook

if TYPE_CHECKING:
    from sandbox.tiktok.authorizations import Authorizations

Document = dict[str, Any]

TYPES: dict[str, int] = {
    "ORDER_STATUS_CHANGE": 1,
    "REVERSE_STATUS_UPDATE": 2,
    "RECIPIENT_ADDRESS_UPDATE": 3,
    "PACKAGE_UPDATE": 4,
    "PRODUCT_STATUS_CHANGE": 5,
    "SELLER_DEAUTHORIZATION": 6,
    "UPCOMING_AUTHORIZATION_EXPIRATION": 7,
    "CANCELLATION_STATUS_CHANGE": 11,
    "RETURN_STATUS_CHANGE": 12,
    "NEW_CONVERSATION": 13,
    "NEW_MESSAGE": 14,
    "PRODUCT_INFORMATION_CHANGE": 15,
    "PRODUCT_CREATION": 16,
    "PRODUCT_CATEGORY_CHANGE": 18,
    "NEW_MESSAGE_LISTENER": 33,
    "INVOICE_STATUS_CHANGE": 36,
    "PRODUCT_AUDIT_STATUS_CHANGE": 37,
}
RETRIES = (120, 1800, 3 * 3600, 12 * 3600)
TIMER = "tiktok.webhook"
FORGED = "66"  # how the numbers of forged notifications begin; true ones begin with 76
TIMEOUT = 3
KEPT = 2000
SELLER_OF = {shop["id"]: shop["seller_id"] for shop in SHOPS}


class Webhooks:
    """`send` stores a delivery and hands it to a small pool of threads; a delivery that fails is planned again."""

    def __init__(self, box: Sandbox, authorizations: Authorizations) -> None:
        self.box = box
        self.authorizations = authorizations
        self.addresses = box.state.collection("tiktok_webhooks")
        self.deliveries = box.state.collection("tiktok_deliveries")
        self.pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="tiktok-webhooks")
        self.local = threading.local()
        self.faults = WebhookFaults(box.state, "tiktok")
        box.timers.on(TIMER, lambda payload: self._queue(**payload))
        for number, delivery in list(self.deliveries.items()):
            if delivery["state"] == "sending":  # a restart came between storing and sending
                self._queue(number)

    def address(self, shop_id: str, event_type: str) -> str:
        """The shop's own address for the event, else the app's default."""
        row = self.addresses.get(f"{shop_id}:{event_type}")
        return str(row["address"]) if row else f"{self.box.settings.app_url}/hooks/tiktok"

    def send(self, shop_id: str, event_type: str, data: Document, *, even_unauthorized: bool = False) -> str | None:
        """Deliver an event of a shop whose seller has authorized the app."""
        if not even_unauthorized and not self.authorizations.is_authorized(SELLER_OF[shop_id]):
            return None
        sendings = self.faults.sendings()
        first = next((sending for sending in sendings if not sending.copy), None)
        with self.box.state.lock:
            number = str(7600000000000000000 + self.box.state.next_number("tiktok_notifications"))
            body = {
                "type": TYPES[event_type],
                "tts_notification_id": number,
                "shop_id": shop_id,
                "timestamp": int(self.box.clock.now()),
                "data": data,
            }
            self.deliveries[number] = {
                "id": number,
                "shop_id": shop_id,
                "event_type": event_type,
                "address": self.address(shop_id, event_type),
                "body": json.dumps(body, separators=(",", ":")),
                "state": "lost" if first is None else "waiting" if first.after else "sending",
                "attempts": [],
                "created": self.box.clock.now(),
            }
            self._forget_old()
        for sending in sendings:
            self._plan(number, sending)
        return number

    def _plan(self, number: str, sending: Sending) -> None:
        payload: Document = {"id": number, "copy": sending.copy, "forged": sending.forged}
        if sending.after:
            self.box.timers.at(self.box.clock.now() + sending.after, TIMER, payload)
        else:
            self._queue(**payload)

    def again(self, number: str) -> None:
        """Send a stored delivery once more, as it is (duplicates happen)."""
        self._queue(number, copy=True)

    def _forget_old(self) -> None:
        if len(self.deliveries) > KEPT + 200:
            for number in list(self.deliveries)[:200]:
                if self.deliveries[number]["state"] not in {"sending", "waiting"}:
                    del self.deliveries[number]

    def _queue(self, id: str, copy: bool = False, forged: bool = False) -> None:
        self.pool.submit(self._forge if forged else self._copy if copy else self._attempt, id)

    def _copy(self, number: str) -> None:
        """Once more, as it is; what becomes of it changes nothing about the delivery itself."""
        delivery = self.deliveries.get(number)
        if delivery is not None:
            status = self._post(delivery)
            with self.box.state.lock:
                self.deliveries[number] = {**self.deliveries[number], "copies": [*delivery.get("copies", []), status]}

    def _forge(self, number: str) -> None:
        """Somebody who does not know the app's secret sends the event under a number of their own."""
        delivery = self.deliveries.get(number)
        if delivery is not None:
            body = {**json.loads(delivery["body"]), "tts_notification_id": FORGED + number[len(FORGED) :]}
            self._post({**delivery, "body": json.dumps(body, separators=(",", ":"))}, secret="a forger's own guess")

    def _attempt(self, number: str) -> None:
        delivery = self.deliveries.get(number)
        if delivery is None:
            return
        status = self._post(delivery)
        attempts = [*delivery["attempts"], {"at": self.box.clock.now(), "status": status}]
        done = len(attempts)
        if status in {200, 401}:
            state = "delivered" if status == 200 else "refused"
        else:
            state = "waiting" if done <= len(RETRIES) else "dropped"
        with self.box.state.lock:
            self.deliveries[number] = {**self.deliveries[number], "attempts": attempts, "state": state}
            if state == "waiting":
                self.box.timers.at(self.box.clock.now() + RETRIES[done - 1], TIMER, {"id": number})

    def _post(self, delivery: Document, secret: str = "") -> int:
        """The receiver's status, 0 when it could not be reached within three seconds."""
        settings = self.box.settings
        body = delivery["body"].encode()
        signature = sign_webhook(secret or settings.tiktok_app_secret, settings.tiktok_app_key, body)
        if not hasattr(self.local, "session"):
            self.local.session = requests.Session()
            self.local.session.trust_env = False
        try:
            answer = self.local.session.post(
                delivery["address"],
                data=body,
                headers={"Content-Type": "application/json", "Authorization": signature},
                timeout=TIMEOUT,
                allow_redirects=False,
            )
            return int(answer.status_code)
        except requests.RequestException:
            return 0
