"""Nicknames of TikTok accounts and of the sub-stores under them: AA becomes AA01, AA02 (features S4-13, S4-14)."""

LONGEST = 60


def sub_store(nickname: str, number: int) -> str:
    """The nickname of a sub-store by its number."""
    return f"{nickname}{number:02d}"


def numbered(present: dict[str, int], arrived: list[str]) -> dict[str, int]:
    """A number for each shop: those that have one keep it, others get the next ones in the order they came."""
    found = {key: number for key, number in present.items() if number}
    highest = max(found.values(), default=0)
    for key in arrived:
        if key not in found:
            highest += 1
            found[key] = highest
    return found
