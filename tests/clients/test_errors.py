"""The error tree as callers use it."""

import pickle

import pytest

from clients.errors import ClientError, Refused, Throttled, Unauthorised, Unreachable, Unreadable


@pytest.mark.parametrize(
    ("error", "unknown"),
    [
        (Unreachable("x"), True),
        (Unreachable("x", unknown=False), False),
        (Unreadable("x"), True),
        (Throttled("x"), False),
        (Refused("x"), False),
        (Unauthorised("x"), False),
    ],
)
def test_only_unanswered_calls_may_have_been_applied(error: ClientError, unknown: bool) -> None:
    assert error.unknown is unknown


def test_an_error_names_platform_call_code_and_request() -> None:
    error = Refused("no", platform="tiktok", method="POST", path="/p", status=200, code="12052024", request_id="R1")
    assert str(error) == "TikTok Shop POST /p: no (HTTP 200, code 12052024, request R1)"


def test_an_error_survives_pickling() -> None:
    error = pickle.loads(pickle.dumps(Throttled("x", retry_after=3.0, platform="tiktok", code="36009002")))  # noqa: S301
    assert (error.retry_after, error.code, error.text) == (3.0, "36009002", "x")
