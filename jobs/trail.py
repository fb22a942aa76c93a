"""Collects the exchanges of the call that a pool thread is making, so that they can be kept as its evidence."""

import threading

from clients.exchange import Exchange

_thread = threading.local()


def begin() -> list[Exchange]:
    """Starts a fresh list for this thread and answers it."""
    _thread.exchanges = []
    exchanges: list[Exchange] = _thread.exchanges
    return exchanges


def observe(exchange: Exchange) -> None:
    """Given to the clients as their observer."""
    exchanges = getattr(_thread, "exchanges", None)
    if exchanges is not None:
        exchanges.append(exchange)
