"""Whether a webhook delivery really comes from BigCommerce (reference 7.3)."""

import base64
import hashlib
import hmac
import math
import time
from collections.abc import Mapping

SECRET_HEADER = "X-Causeway-Secret"  # noqa: S105 - the header's name; its value is one secret per store
TOLERANCE = 300.0  # seconds; Standard Webhooks stamps every attempt anew
SIGNED = ("webhook-id", "webhook-timestamp", "webhook-signature")


def verify(
    headers: Mapping[str, str], raw: bytes, client_secret: str, own_header_secret: str, now: float | None = None
) -> bool:
    """Our own header must always fit; a Standard Webhooks signature must fit wherever any part of one is present."""
    lower = {name.lower(): value for name, value in headers.items()}
    given = lower.get(SECRET_HEADER.lower(), "")
    if not own_header_secret or not hmac.compare_digest(given.encode("utf-8", "replace"), own_header_secret.encode()):
        return False
    if not any(name in lower for name in SIGNED):
        return True
    return bool(client_secret) and _signed(lower, raw, client_secret, time.time() if now is None else now)


def _signed(headers: Mapping[str, str], raw: bytes, client_secret: str, now: float) -> bool:
    id, stamp, signatures = (headers.get(name, "") for name in SIGNED)
    try:
        moment = float(stamp)
    except ValueError:
        return False
    if not id or not math.isfinite(moment) or abs(now - moment) > TOLERANCE:
        return False
    message = f"{id}.{stamp}.".encode("utf-8", "replace") + raw
    digest = base64.b64encode(hmac.new(client_secret.encode(), message, hashlib.sha256).digest())
    expected = b"v1," + digest
    return any(hmac.compare_digest(one.encode("utf-8", "replace"), expected) for one in signatures.split())
