"""What was sent and what came back, as evidence: secrets removed, large bodies cut."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

LIMIT = 64 * 1024
REMOVED = "[removed]"
NAMES = (
    "access_token|refresh_token|id_token|auth_code|app_secret|client_secret|sign|signature|authorization|"
    "x-auth-token|x-tts-access-token|password|secret|token"
)
_PAIR = re.compile(rf'("(?:{NAMES})"\s*:\s*)"(?:[^"\\]|\\.)*(?:"|\\?\Z)', re.IGNORECASE)
_HEADERS = re.compile(r'("headers"\s*:\s*)\{[^{}]*(?:\}|\Z)', re.IGNORECASE)  # a hook's own headers hold our secret
_QUERY = re.compile(rf"(?i)\b({NAMES})=[^&\s\"']+")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call. `path` keeps the query without keys and signature; `status` is None when no answer came."""

    platform: str
    method: str
    path: str
    status: int | None
    request_id: str
    sent: str
    received: str
    seconds: float


Observer = Callable[[Exchange], None]


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without known secret values and without the values of fields that hold secrets."""
    for secret in secrets:
        if len(secret) >= 4:
            text = text.replace(secret, REMOVED)
    text = _PAIR.sub(rf'\1"{REMOVED}"', text)
    text = _HEADERS.sub(rf'\1"{REMOVED}"', text)
    return _QUERY.sub(rf"\1={REMOVED}", text)


def evidence(body: bytes | None, secrets: Iterable[str] = ()) -> str:
    """A body as kept text: at most 64 KiB, redacted before the cut so that no half secret stays at the end."""
    if not body:
        return ""
    text = redact(body[: LIMIT + 4096].decode("utf-8", "replace"), secrets)
    return text if len(text) <= LIMIT and len(body) <= LIMIT else text[:LIMIT] + "…"


def remark(text: str, secrets: Iterable[str] = (), limit: int = 500) -> str:
    """A platform's message as one short line without secrets, for errors."""
    line = " ".join(redact(text[: limit * 4], secrets).split())
    return line if len(line) <= limit else line[:limit] + "…"
