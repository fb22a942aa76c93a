"""Evidence as a person reads it: JSON indented, everything else as it came. Templates escape it."""

import json
from dataclasses import dataclass
from datetime import datetime

from models import Evidence

PLATFORMS = {"bigcommerce": "BigCommerce", "tiktok": "TikTok Shop"}


@dataclass(frozen=True, slots=True)
class Shown:
    """One exchange with a platform."""

    title: str
    ok: bool
    status: str
    request_id: str
    rule_version: str
    attempt: int
    milliseconds: int
    at: datetime
    sent: str
    received: str


def shown(row: Evidence, sent: str, received: str) -> Shown:
    status = f"HTTP {row.status}" if row.status is not None else "no answer"
    return Shown(
        f"{PLATFORMS.get(row.platform, row.platform)} {row.method} {row.path}",
        row.status is not None and row.status < 400,
        status,
        row.request_id,
        row.rule_version,
        row.attempt,
        row.milliseconds,
        row.created_at,
        pretty(sent),
        pretty(received),
    )


def pretty(text: str) -> str:
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text
