"""A daily limit as a plan: how far the calls of a day may go, and when everything that waits is through."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

CONFIRMATIONS = 2  # days on which TikTok refused at the same count make a learned limit sure
AGAIN_AFTER = 7  # days after which a sure limit is asked about once more, because TikTok raises limits silently
LONGEST = 3650  # days


@dataclass(frozen=True, slots=True)
class Learned:
    """What is known of a shop's limit: `limit` (None: never met), on how many days it was met at this count, how many
    days ago for the last time (None: never), and the most that was ever taken in a day."""

    limit: int | None
    confirmed: int = 0
    days_ago: int | None = None
    best: int = 0


@dataclass(frozen=True, slots=True)
class Ceiling:
    """So many of a day are sent freely; with `probe`, one more is sent alone to learn whether there is more."""

    count: int
    probe: bool


def ceiling(learned: Learned, used: int, tiers: Collection[int]) -> Ceiling:
    """How far a day may go after `used` were taken. `tiers`: what shops of the market usually have. An unknown limit is
    approached from tier to tier, so that at most one call of a day is refused where it is one of them."""
    if learned.limit is None:
        above = [tier for tier in sorted(tiers) if tier >= used and tier >= learned.best]
        return Ceiling(above[0], probe=True) if above else Ceiling(LONGEST * 1000, probe=False)
    sure = learned.limit in tiers or learned.confirmed >= CONFIRMATIONS
    fresh = learned.days_ago is not None and learned.days_ago < (AGAIN_AFTER if sure else 1)
    return Ceiling(learned.limit, probe=not fresh)


def spread(waiting: int, left_today: int, per_day: int) -> list[int]:
    """How many go on each day from today on; the first may be 0. Without a limit (0 a day) nothing can be said."""
    if waiting <= 0 or per_day <= 0:
        return []
    days = [min(waiting, max(0, left_today))]
    waiting -= days[0]
    full, rest = divmod(waiting, per_day)
    days += [per_day] * min(full, LONGEST)
    return [*days, rest] if rest else days


def finish(today: date, days: Collection[int]) -> date | None:
    """The day on which the last one goes."""
    return today + timedelta(days=len(days) - 1) if days else None
