"""How many pieces of a SKU to keep back: as many as others may sell before a shop hears of it. Pure."""

from collections.abc import Iterable
from math import exp

SURE = 0.99
MOST = 100


def poisson(mean: float, sure: float = SURE) -> int:
    """The smallest number that is not exceeded with this probability; 0 where next to nothing is sold."""
    if mean <= 0:
        return 0
    if mean > MOST:
        return MOST
    term = total = exp(-mean)
    count = 0
    while total < sure and count < MOST:
        count += 1
        term *= mean / count
        total += term
    return count


def busiest(moments: Iterable[tuple[float, int]], span: float = 3600.0) -> int:
    """The most pieces within any hour; `moments`: (seconds, pieces) in the order of time."""
    window: list[tuple[float, int]] = []
    inside = most = start = 0
    for at, pieces in moments:
        window.append((at, pieces))
        inside += pieces
        while window[start][0] <= at - span:
            inside -= window[start][1]
            start += 1
        most = max(most, inside)
    return most


def proposal(busiest_hour: int, lag: float) -> int:
    """Pieces to keep back when others sold so many in their busiest hour and a shop hears of it after `lag` seconds."""
    return poisson(busiest_hour / 3600 * lag)
