"""Failures on demand: overload, internal errors, and answers lost after the effect (reference 11.1, case 18)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.tiktok.refusal import Refusal

if TYPE_CHECKING:
    from sandbox.tiktok.endpoints import Endpoint
    from sandbox.tiktok.platform import Platform

KINDS: dict[str, tuple[int, str, int]] = {
    "overload": (0, "", 503),
    "internal": (36009003, "Internal error, try again", 200),
    "timeout": (36009007, "The gateway timed out", 200),
    "throttle": (36009002, "Too many requests", 429),
}


def plan(shared: Platform, endpoint: str, kind: str, count: int, after: bool) -> dict[str, Any]:
    """Fail the next `count` calls of an endpoint (`"POST product/products"`); `after` lets the effect happen first."""
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}")
    fault = {"endpoint": endpoint, "kind": kind, "left": count, "after": after}
    with shared.box.state.lock:
        shared.turn(faults=[*shared.knobs["faults"], fault])
    return fault


def before_effect(shared: Platform, endpoint: Endpoint) -> None:
    _strike(shared, endpoint, after=False)


def after_effect(shared: Platform, endpoint: Endpoint) -> None:
    _strike(shared, endpoint, after=True)


def _strike(shared: Platform, endpoint: Endpoint, *, after: bool) -> None:
    if not shared.knobs["faults"]:
        return
    name = f"{endpoint.method} {endpoint.category}/{endpoint.resource}"
    with shared.box.state.lock:
        for fault in shared.knobs["faults"]:
            if fault["endpoint"] == name and fault["after"] == after and fault["left"] > 0:
                left = [{**row, "left": row["left"] - (row is fault)} for row in shared.knobs["faults"]]
                shared.turn(faults=[row for row in left if row["left"] > 0])
                code, message, status = KINDS[fault["kind"]]
                raise Refusal(code, message, status)
