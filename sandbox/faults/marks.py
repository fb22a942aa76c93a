"""What passes between the faults and the gateways of the platforms within one request."""

from typing import Any

from flask import request

KEY = "sandbox.marks"
STAGE = "stage"
CREATED = "created"
ADMITTED = "admitted"
ADMIT, EFFECT = "admit", "effect"
"""A call whose effect comes late is run twice: once only to be admitted (token, rate), later only for its effect."""


def of_request() -> dict[str, Any]:
    """The marks of the running request; a fresh set where no faults stand in front (unit tests)."""
    found: dict[str, Any] = request.environ.setdefault(KEY, {})
    return found


def stage() -> str:
    return str(of_request().get(STAGE, ""))


def admitted_only() -> bool:
    """The call passed admission, and that is all that was asked: its effect must not happen now."""
    found = of_request()
    if found.get(STAGE) != ADMIT:
        return False
    found[ADMITTED] = True
    return True
