"""A believable BigCommerce and TikTok Shop on one loopback port, with a control panel that frames the app.

Speaks the real paths, envelopes and refusals; imports nothing of the product. Served by
`gunicorn --workers 1 --threads 32 'sandbox:create_app()'` (one process: the state lives in memory and in one file).
"""

from typing import Any


def create_app(settings: Any = None, **overrides: Any) -> Any:
    """The sandbox as a WSGI app (see sandbox/server.py); imported late, so that the parts may import each other."""
    from sandbox import server

    return server.create_app(settings, **overrides)
