"""A run that stood still finds its items taken over: it sends nothing more, and what it knows is not believed."""

import socket
import time
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from clients import wire
from clients.errors import Unreachable
from clients.transport import Request, Transport
from clients.wire import Permit
from jobs import drain as drains
from jobs import ledger
from jobs.handling import Item
from models import Activity, ActivityItem, db
from models.tenancy import tenant
from tests.clients.loopback import read_request, serving
from tests.jobs.engine import Fake, begin, look, states

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture
def heard() -> Iterator[tuple[str, list[bytes]]]:
    """A server's address and the requests that reached it."""
    requests: list[bytes] = []

    def handle(connection: socket.socket) -> None:
        while request := read_request(connection):
            requests.append(request)
            connection.sendall(OK)

    with serving(handle) as base:
        yield base, requests


def test_nothing_leaves_without_a_permit(heard: tuple[str, list[bytes]]) -> None:
    base, requests = heard
    transport = Transport("agent")
    try:
        wire.call.permit = Permit(time.monotonic() + 60)
        assert transport.send(Request("POST", base, body=b"one")).status == 200
        wire.call.permit = Permit(time.monotonic() - 1)
        with pytest.raises(Unreachable) as refused:
            transport.send(Request("POST", base, body=b"two"))
    finally:
        wire.call.permit = None
    assert refused.value.unknown is False and len(requests) == 1
    assert transport.send(Request("POST", base, body=b"three")).status == 200


def test_what_somebody_else_took_over_is_not_sent(
    place: int,
    app: Flask,
    fake: Fake,
    bells: Any,
    heard: tuple[str, list[bytes]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Between saying *sending* and sending, the process stands still; meanwhile the item is another worker's."""
    base, requests = heard
    transport = Transport("agent")
    monkeypatch.setattr(drains, "HOLD", 0.3)
    asked: list[set[int]] = []
    extend = ledger.extend

    def extended(items: Sequence[Item]) -> set[int]:
        asked.append(extend(items))
        return asked[-1]

    monkeypatch.setattr(ledger, "extend", extended)
    number = begin(place, "ok")

    def call(_step: Any) -> str:
        with app.app_context(), tenant(place):
            db.session.execute(update(ActivityItem).values(attempt=7, state="claimed"))
            db.session.commit()
            db.session.remove()
        end = time.monotonic() + 20
        while set() not in asked:
            assert time.monotonic() < end
            time.sleep(0.05)
        transport.send(Request("POST", base, body=b"made"))
        return "made"

    monkeypatch.setattr(fake, "call", call)
    drains.drain("bulk", place, None)
    assert requests == [] and states(number) == {"item0": "claimed"}
    db.session.rollback()
    assert look(number).working == 1


def test_the_beat_keeps_the_permit_of_what_is_ours(
    place: int, fake: Fake, bells: Any, heard: tuple[str, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    base, requests = heard
    transport = Transport("agent")
    monkeypatch.setattr(drains, "HOLD", 6.0)

    def call(_step: Any) -> str:
        permit = wire.call.permit
        assert permit is not None
        first, end = permit.until, time.monotonic() + 20
        while permit.until == first:
            assert time.monotonic() < end
            time.sleep(0.05)
        transport.send(Request("POST", base, body=b"made"))
        return "made"

    monkeypatch.setattr(fake, "call", call)
    number = begin(place, "ok")
    drains.drain("bulk", place, None)
    assert len(requests) == 1 and look(number).done == 1
    assert db.session.get_one(Activity, number).state == "finished"
