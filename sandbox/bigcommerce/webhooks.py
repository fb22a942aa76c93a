"""Webhooks: hooks per store, delivery by thread pool, custom headers, Standard Webhooks signature, retries
(reference 7)."""

import base64
import hashlib
import hmac
import json
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests

from sandbox.box import Sandbox
from sandbox.faults.deliveries import WebhookFaults
from sandbox.state import Document

RETRY_WAITS = (60, 180, 300, 600, 900, 1800, 3600, 7200, 21600, 50400, 86400)
TIMER = "bigcommerce-webhook"
FORGED = "f"  # what the hash of a forged message consists of


class Webhooks:
    """Deliveries are timers, so they survive a restart and follow the sandbox's clock."""

    def __init__(self, box: Sandbox) -> None:
        self.box = box
        self.hooks = box.state.collection("bigcommerce_hooks")
        self.faults = WebhookFaults(box.state, "bigcommerce")
        self.pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="bigcommerce-webhooks")
        box.timers.on(TIMER, self.deliver)

    def fire(self, store: Document, scope: str, data: Document) -> None:
        """Plan one delivery per active hook that listens to `scope`."""
        hooks = [hook for hook in self.hooks.values() if hook["store_hash"] == store["hash"] and hook["is_active"]]
        event = uuid.uuid4().hex
        for hook in hooks:
            if not covers(hook["scope"], scope):
                continue
            message = {
                "store_id": str(store["store_id"]),
                "producer": f"stores/{store['hash']}",
                "scope": scope,
                "data": data,
                "hash": hashlib.sha1(event.encode()).hexdigest(),  # noqa: S324 - an event id in the platform's form
                "created_at": int(self.box.clock.now()),
            }
            self.plan({"hook": hook["id"], "message": message, "id": f"msg_{event}", "attempt": 0})

    def plan(self, delivery: Document) -> None:
        for sending in self.faults.sendings():
            planned = {**delivery, "copy": sending.copy}
            if sending.forged:
                message = {**delivery["message"], "hash": FORGED * 40}
                planned |= {"forged": True, "id": f"msg_forged_{uuid.uuid4().hex}", "message": message}
            self.box.timers.at(self.box.clock.now() + sending.after, TIMER, planned)

    def deliver(self, delivery: Document) -> None:
        self.pool.submit(self.attempt, delivery)

    def attempt(self, delivery: Document) -> bool:
        """One POST; without a 2xx answer it is planned again, and after the last wait the hook is switched off.
        Copies and forgeries are sent once and nobody cares what becomes of them."""
        hook = self.hooks.get(str(delivery["hook"]))
        if hook is None or not hook["is_active"]:
            return False
        if self.post(hook, delivery) or delivery.get("copy"):
            return True
        if delivery["attempt"] < len(RETRY_WAITS):
            wait = RETRY_WAITS[delivery["attempt"]]
            self.box.timers.at(self.box.clock.now() + wait, TIMER, {**delivery, "attempt": delivery["attempt"] + 1})
        else:
            hook["is_active"] = False
            self.hooks.save(str(hook["id"]))
        return False

    def post(self, hook: Document, delivery: Document) -> bool:
        body = json.dumps(delivery["message"]).encode()
        headers = {
            "Content-Type": "application/json",
            **(hook["headers"] or {}),
            **self.signature(delivery["id"], body, "a forger's own guess" if delivery.get("forged") else ""),
        }
        try:
            answer = requests.post(hook["destination"], data=body, headers=headers, timeout=10, allow_redirects=False)
        except requests.RequestException:
            return False
        return 200 <= answer.status_code < 300

    def signature(self, message_id: str, body: bytes, secret: str = "") -> dict[str, str]:
        """Signed by the app's client secret; the timestamp is real time, as receivers compare it with theirs, plus
        what the platform's clock is made to be wrong by."""
        moment = str(int(time.time() + self.box.clock.skew))
        secret = secret or self.box.settings.bigcommerce_client_secret
        signed = b".".join((message_id.encode(), moment.encode(), body))
        digest = hmac.new(secret.encode(), signed, hashlib.sha256).digest()
        return {
            "webhook-id": message_id,
            "webhook-timestamp": moment,
            "webhook-signature": "v1," + base64.b64encode(digest).decode(),
        }

    def add(self, store_hash: str, client_id: str, fields: dict[str, Any]) -> Document:
        now = int(self.box.clock.now())
        number = self.box.state.next_number("bigcommerce_hook", 28000001)
        hook = {
            "id": number,
            "client_id": client_id,
            "store_hash": store_hash,
            "scope": fields["scope"],
            "destination": fields["destination"],
            "headers": fields.get("headers") or {},
            "is_active": fields.get("is_active", True),
            "created_at": now,
            "updated_at": now,
        }
        self.hooks[str(number)] = hook
        return hook

    def forget(self, store_hash: str) -> None:
        for key in [key for key, hook in self.hooks.items() if hook["store_hash"] == store_hash]:
            del self.hooks[key]


def covers(subscribed: str, scope: str) -> bool:
    """`store/order/*` covers the family; everything else must be equal."""
    return subscribed == scope or (subscribed.endswith("/*") and scope.startswith(subscribed[:-1]))
