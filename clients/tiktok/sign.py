"""TikTok Shop's signatures, pure (reference 1.3 and 9.2)."""

import hashlib
import hmac
from collections.abc import Mapping

UNSIGNED = ("sign", "access_token")


def sign(
    app_secret: str, path: str, query: Mapping[str, str], body: bytes = b"", content_type: str = "application/json"
) -> str:
    """Lower-case hex over the path, the decoded query sorted by key and the raw body; multipart bodies are left out."""
    pairs = "".join(f"{key}{query[key]}" for key in sorted(query) if key not in UNSIGNED)
    message = (path + pairs).encode()
    if not content_type.lower().startswith("multipart/form-data"):
        message += body
    secret = app_secret.encode()
    return hmac.new(secret, secret + message + secret, hashlib.sha256).hexdigest()


def verify_webhook(app_key: str, app_secret: str, raw: bytes, header: str | None) -> bool:
    """Whether the Authorization header signs exactly these bytes. Never true without an app secret."""
    if not app_secret or not header:
        return False
    expected = hmac.new(app_secret.encode(), app_key.encode() + raw, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), header.encode("utf-8", "replace"))
