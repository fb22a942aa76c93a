"""Answers that are safe to repeat (reference 7.1: `idempotency_key` in the query, at most 255 characters)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.tiktok.call import Call
from sandbox.tiktok.refusal import Refusal

Document = dict[str, Any]

LONGEST = 255


def once(call: Call, what: str, act: Callable[[], Document | None]) -> Document:
    """The answer of the first call with this key; without a key every call acts."""
    key = call.query.get("idempotency_key", "")
    if len(key) > LONGEST:
        raise Refusal(25001001, f"idempotency_key takes at most {LONGEST} characters")
    name, keys = f"{call.shop_id}:{what}:{key}", call.platform.orders.keys
    with call.platform.box.state.lock:
        if key and name in keys:
            return dict(keys[name]["answer"])
        answer = act() or {}
        if key:
            keys[name] = {"answer": answer}
        return answer
