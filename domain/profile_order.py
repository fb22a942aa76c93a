"""Which of several profiles gets a product: the first in the order whose rule matches it, else the default one.

Products are counted by the set of profiles that match them, so that every question about the order is answered from a
few numbers, whatever the catalog's size.
"""

from collections.abc import Mapping, Sequence

Matched = frozenset[int]
"""Ids of the profiles whose rules match a product."""
DEFAULT = 0
"""Stands for the default profile, which takes what no other does."""


def winner(matched: Matched, order: Sequence[int]) -> int:
    """The profile that gets a product."""
    return next((profile for profile in order if profile in matched), DEFAULT)


def held(counts: Mapping[Matched, int], order: Sequence[int]) -> dict[int, int]:
    """Products of each profile, the default one included."""
    found = dict.fromkeys((*order, DEFAULT), 0)
    for matched, count in counts.items():
        found[winner(matched, order)] += count
    return found


def matching(counts: Mapping[Matched, int], profile: int) -> int:
    """Products that the profile's rule matches, whoever gets them."""
    return sum(count for matched, count in counts.items() if profile in matched)


def lost(counts: Mapping[Matched, int], order: Sequence[int], profile: int) -> dict[int, int]:
    """Products that match the profile and go to another one, by that other one."""
    found: dict[int, int] = {}
    for matched, count in counts.items():
        first = winner(matched, order)
        if profile in matched and first != profile:
            found[first] = found.get(first, 0) + count
    return found


def swapped(order: Sequence[int], one: int, other: int) -> list[int]:
    """The order with the two in each other's place."""
    places = {one: other, other: one}
    return [places.get(profile, profile) for profile in order]


def moved(counts: Mapping[Matched, int], before: Sequence[int], after: Sequence[int]) -> dict[tuple[int, int], int]:
    """What another order changes: (from, to) -> products."""
    found: dict[tuple[int, int], int] = {}
    for matched, count in counts.items():
        old, new = winner(matched, before), winner(matched, after)
        if old != new:
            found[old, new] = found.get((old, new), 0) + count
    return found
