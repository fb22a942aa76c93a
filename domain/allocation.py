"""Spreads what a shop may be told over its warehouses: never more in one place than is really there, unless an add-on
says so."""

from collections.abc import Mapping


def allocate(quantity: int, available: Mapping[str, int]) -> dict[str, int]:
    """Per warehouse id, summing to `quantity`; shares follow what each has, the rest goes to the largest remainders.

    More than is there in all (an add-on) goes to the first warehouse; every warehouse is named, with 0 where nothing is
    left.
    """
    there = {name: max(0, count) for name, count in available.items()}
    total = sum(there.values())
    if not there:
        return {}
    if quantity >= total:
        spread = dict(there)
        first = next(iter(spread))
        spread[first] += quantity - total
        return spread
    exact = {name: quantity * count / total for name, count in there.items()}
    spread = {name: int(share) for name, share in exact.items()}
    rest = quantity - sum(spread.values())
    for name in sorted(exact, key=lambda one: (spread[one] - exact[one], one))[:rest]:
        spread[name] += 1
    return spread
