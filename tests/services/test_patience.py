"""How long work waits, and what may be asked again at once."""

import pytest

from clients.errors import ClientError, Refused, Throttled, Unauthorised, Unreachable, Unreadable
from services import patience
from services.patience import persistently, wait_for


def test_a_hiccup_costs_half_a_minute_at_most_and_an_outage_five() -> None:
    waits = [wait_for(8.0, tries) for tries in range(12)]
    assert waits[:4] == [8, 16, 30, 30] and max(waits[:8]) == 30
    assert waits[8:] == [60, 120, 240, 300] and wait_for(8.0, 500) == 300
    assert wait_for(1.0, 0) == 1 and wait_for(40.0, 0) == 40 and wait_for(40.0, 3) == 40


@pytest.mark.parametrize("failure", [Unreachable("lost"), Unreadable("odd")])
def test_what_came_to_no_answer_is_asked_again(failure: ClientError, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PAUSE", 0)
    turns: list[int] = []

    def ask() -> str:
        turns.append(1)
        if len(turns) < 3:
            raise failure
        return "answer"

    assert persistently(ask) == "answer" and len(turns) == 3
    turns[:] = [1, 1]
    assert persistently(ask) == "answer" and len(turns) == 3


@pytest.mark.parametrize("failure", [Refused("no"), Throttled("slow"), Unauthorised("token")])
def test_an_answer_is_an_answer(failure: ClientError) -> None:
    turns: list[int] = []

    def ask() -> str:
        turns.append(1)
        raise failure

    with pytest.raises(type(failure)):
        persistently(ask)
    assert len(turns) == 1


def test_it_gives_up_with_the_last_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PAUSE", 0)

    def ask() -> str:
        raise Unreachable("lost")

    with pytest.raises(Unreachable):
        persistently(ask)
