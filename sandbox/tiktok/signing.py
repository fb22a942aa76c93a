"""Signatures as the platform computes them (reference 1.3, 9.2)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

UNSIGNED = frozenset({"sign", "access_token"})


def sign_request(
    secret: str, path: str, query: Mapping[str, str], body: bytes = b"", content_type: str = "application/json"
) -> str:
    """Hex HMAC-SHA256 over path, sorted decoded parameters and the raw body (left out for multipart)."""
    message = (path + "".join(f"{key}{query[key]}" for key in sorted(query) if key not in UNSIGNED)).encode()
    if not content_type.lower().startswith("multipart/form-data"):
        message += body
    key = secret.encode()
    return hmac.new(key, key + message + key, hashlib.sha256).hexdigest()


def sign_webhook(secret: str, app_key: str, body: bytes) -> str:
    """The Authorization header of a webhook delivery: HMAC over app key and raw body."""
    return hmac.new(secret.encode(), app_key.encode() + body, hashlib.sha256).hexdigest()
