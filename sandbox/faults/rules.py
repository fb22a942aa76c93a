"""Rules of what goes wrong: checked when they come, kept across restarts, drawn once per call."""

import math
import random
import threading
import time
from collections.abc import Callable

from sandbox.bigcommerce.refusals import Refusal
from sandbox.faults.target import PLATFORMS, TIKTOK, Target
from sandbox.faults.values import known, number
from sandbox.state import Document, State

KINDS: dict[str, tuple[float | None, float, float]] = {
    "latency": (500, 0, 60_000),
    "throttle": (None, -math.inf, math.inf),
    "error_before": (500, 500, 599),
    "error_after": (500, 500, 599),
    "lost_before": (None, 0, 0),
    "lost_after": (None, 0, 0),
    "cut": (None, 0, 0),
    "garbage": (None, 0, 0),
    "html": (None, 0, 0),
    "dribble": (1, 0.1, 1000),
    "hang_after": (20, 0, 600),
    "late": (5, 0, 600),
    "token_expired": (None, 0, 0),
    "token_revoked": (None, 0, 0),
}
"""Kind: default amount, least, most. The amount is milliseconds, seconds, a status or bytes a second."""
ENVELOPES = (36009003, 36009007)
"""TikTok's own words for trouble inside: an answer of HTTP 200 (reference 11.1, case 18)."""
FIELDS = ("kind", "platform", "match", "where", "share", "count", "seconds", "amount", "jitter", "seed")
Able = Callable[[Document, Target], bool]


class Rules:
    """`draw` says what a call meets: any number of delays, and at most one other fault, the first that hits."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.rows = state.collection("faults_rules")
        self.lock = threading.Lock()
        self.dice: dict[str, random.Random] = {}
        self.live = self._living()

    def _living(self) -> list[Document]:
        now = time.time()
        return [row for row in self.rows.values() if row["count"] != 0 and (row["until"] or math.inf) > now]

    def add(self, given: Document) -> Document:
        """Keep a rule; what was left out gets its default. Raises Refusal for anything that makes no sense."""
        rule = checked(given)
        number = self.state.next_number("faults_rule")
        rule |= {"id": number, "hits": 0, "until": time.time() + rule["seconds"] if rule["seconds"] else None}
        with self.lock:
            self.rows[str(number)] = rule
            self.live = self._living()
        return rule

    def remove(self, number: int) -> None:
        with self.lock:
            if self.rows.pop(str(number), None) is None:
                raise Refusal(404, f"There is no rule {number}.")
            self.live = self._living()

    def clear(self) -> int:
        with self.lock:
            count = len(self.rows)
            for key in self.rows:
                del self.rows[key]
            self.live, self.dice = [], {}
            return count

    def listed(self) -> list[Document]:
        """Every rule, also those that are used up, each with `active`."""
        with self.lock:
            living = {row["id"] for row in self._living()}
            return [{**row, "active": row["id"] in living} for row in self.rows.values()]

    def draw(self, target: Target, where: Callable[[Target], str], able: Able) -> tuple[float, Document | None]:
        """(seconds of delay, the fault that hits or None). Hits are counted and kept before they strike."""
        delay, fault = 0.0, None
        with self.lock:
            for rule in self.live:
                is_delay = rule["kind"] == "latency"
                if (fault and not is_delay) or not self._fits(rule, target, where):
                    continue
                if self._dice(rule).random() >= rule["share"] or not able(rule, target):
                    continue
                self._hit(rule)
                if is_delay:
                    delay += self.amount(rule) / 1000
                else:
                    fault = rule
            if any(row["count"] == 0 or (row["until"] and row["until"] <= time.time()) for row in self.live):
                self.live = self._living()
        return delay, fault

    def amount(self, rule: Document) -> float:
        """The rule's amount with its jitter."""
        return float(rule["amount"] or 0) + self._dice(rule).random() * float(rule["jitter"])

    def _fits(self, rule: Document, target: Target, where: Callable[[Target], str]) -> bool:
        if rule["count"] == 0 or (rule["until"] and rule["until"] <= time.time()):
            return False
        if rule["platform"] not in ("", target.platform) or not target.fits(rule["match"]):
            return False
        return not rule["where"] or rule["where"] == where(target)

    def _dice(self, rule: Document) -> random.Random:
        """Seeded by what the rule says, so that rules of one seed do not strike together; a restarted sandbox goes on
        with other throws, not with the first ones again."""
        key = str(rule["id"])
        if key not in self.dice:
            seeds = [str(rule[name]) for name in ("seed", "kind", "platform", "match", "where", "hits")]
            self.dice[key] = random.Random(":".join(seeds))
        return self.dice[key]

    def _hit(self, rule: Document) -> None:
        rule["hits"] += 1
        if rule["count"] is not None:
            rule["count"] -= 1
        self.rows.save(str(rule["id"]))


def checked(given: Document) -> Document:
    """A whole rule out of what was given."""
    known(given, FIELDS)
    kind, platform = given.get("kind"), given.get("platform") or ""
    if kind not in KINDS:
        raise Refusal(422, "Unknown kind", {"kind": f"one of {', '.join(KINDS)}"})
    if platform not in ("", *PLATFORMS):
        raise Refusal(422, "Unknown platform", {"platform": f"one of {', '.join(PLATFORMS)}, or empty for both"})
    if kind == "token_expired":
        if platform not in ("", TIKTOK):
            raise Refusal(422, "Not possible", {"kind": "BigCommerce's access tokens do not expire; use token_revoked"})
        platform = TIKTOK
    count = number(given, "count", 0, 1_000_000, None)
    return {
        "kind": kind,
        "platform": platform,
        "match": str(given.get("match") or "*"),
        "where": str(given.get("where") or ""),
        "share": number(given, "share", 0, 1, 1.0),
        "count": None if count is None else int(count),
        "seconds": number(given, "seconds", 0, 10_000_000, None),
        "amount": amount_of(str(kind), platform, given),
        "jitter": number(given, "jitter", 0, 60_000, 0.0),
        "seed": given.get("seed") if given.get("seed") is not None else 1,
    }


def amount_of(kind: str, platform: str, given: Document) -> float | None:
    default, least, most = KINDS[kind]
    if kind.startswith("error_") and given.get("amount") in ENVELOPES and platform == TIKTOK:
        return float(given["amount"])
    found: float | None = number(given, "amount", least, most, default)
    return found
