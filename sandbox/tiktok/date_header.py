"""gunicorn writes its own Date header and drops the application's; this makes it follow the sandbox's clock too."""

from __future__ import annotations

import sys
from email.utils import formatdate

from sandbox.clock import Clock
from sandbox.faults.skew import serving


def follow(clock: Clock) -> None:
    """Only inside a gunicorn worker; other servers send the header that the answer carries."""
    if "gunicorn.arbiter" not in sys.modules:
        return
    from gunicorn import util  # type: ignore[import-untyped]

    def http_date(timestamp: float | None = None) -> str:
        return formatdate(clock.now() + serving.seconds if timestamp is None else timestamp, usegmt=True)

    util.http_date = http_date
