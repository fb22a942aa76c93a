"""Webhooks as the platforms sign them."""

import hashlib
import hmac
import json

from tests.conftest import CREDENTIALS


def tiktok_event(number: int, **changes: object) -> tuple[bytes, dict[str, str]]:
    """(body, headers) of an event of its own."""
    event = {"type": 5, "tts_notification_id": f"event-{number}", "shop_id": "7490000000000000001",
             "timestamp": 1_790_000_000 + number, "data": {"product_id": "1"}}  # fmt: skip
    body = json.dumps(event | changes).encode()
    return body, {"Authorization": tiktok_signature(body), "Content-Type": "application/json"}


def tiktok_signature(body: bytes, secret: str = CREDENTIALS["TIKTOK_APP_SECRET"]) -> str:
    return hmac.new(secret.encode(), CREDENTIALS["TIKTOK_APP_KEY"].encode() + body, hashlib.sha256).hexdigest()
