"""What a test needs and this machine may not have: said loudly, and in CI a failure."""

import os
from typing import NoReturn

import pytest

MARK = "NOT RUN"


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


def missing(what: str, why: str) -> NoReturn:
    """Skip the test with a reason the summary repeats; fail instead where CI=true."""
    if in_ci():
        pytest.fail(f"{what} is missing, and in CI it must not be: {why}", pytrace=False)
    pytest.skip(f"{MARK}: {what} is missing: {why}")
