"""The learned clock."""

import pytest

from clients.server_time import ServerTime


def test_the_offset_follows_the_last_answer() -> None:
    time = ServerTime()
    time.learn("Thu, 01 Jan 2026 00:10:00 GMT", 1767225600.0)
    assert abs(time.now(1767225600.0) - 1767226200.0) < 1
    time.learn("Thu, 01 Jan 2026 00:10:01 GMT", 1767226201.2)
    assert time.now(1767226201.2) == 1767226201.2


def test_of_two_dates_the_applications_counts() -> None:
    time = ServerTime()
    time.learn("Thu, 01 Jan 2026 00:00:00 GMT, Thu, 01 Jan 2026 02:00:00 GMT", 1767225600.0)
    assert abs(time.now(0.0) - 7200) < 1


@pytest.mark.parametrize("date", [None, "", "yesterday", "Thu, 01 Jan 99999 00:10:00 GMT", "0"])
def test_an_unreadable_date_teaches_nothing(date: str | None) -> None:
    time = ServerTime()
    time.learn(date, 1767225600.0)
    assert time.now(5.0) == 5.0
