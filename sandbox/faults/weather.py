"""Ready-made mixtures of faults, and what each kind is called."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.bigcommerce.refusals import Refusal
from sandbox.faults.rules import ENVELOPES, Rules
from sandbox.state import Document

MIXED = ("error_before", "error_after", "lost_before", "lost_after", "late", "cut", "garbage", "html", "throttle")
EACH = 1 - 0.8 ** (1 / len(MIXED))  # drawn one after the other, all of them together hit one call in five
AMOUNTS: Mapping[str, float] = {"error_before": 503, "error_after": 500, "late": 3, "throttle": 1}


@dataclass(frozen=True)
class Weather:
    title: str
    text: str
    rules: tuple[Document, ...] = field(default=())


WEATHER: dict[str, Weather] = {
    "bad_day": Weather(
        "A bad day",
        "One call in five fails, each time another way: before its effect, after it, without an answer, with nonsense.",
        tuple({"kind": kind, "share": EACH, "amount": AMOUNTS.get(kind)} for kind in MIXED),
    ),
    "storm": Weather(
        "429 storm",
        "For a minute four calls in five are refused as too many, with two seconds to wait.",
        ({"kind": "throttle", "share": 0.8, "amount": 2, "seconds": 60},),
    ),
    "lost": Weather(
        "Lost answers",
        "One call in ten takes effect and is never answered; one in twenty takes effect five seconds later.",
        (
            {"kind": "lost_after", "share": 0.1},
            {"kind": "late", "share": 0.05, "amount": 5},
            {"kind": "lost_before", "share": 0.05},
        ),
    ),
    "slow": Weather(
        "Everything slow",
        "Every call takes one to three seconds, and one in fifty answers comes a few bytes at a time.",
        (
            {"kind": "latency", "amount": 1000, "jitter": 2000},
            {"kind": "dribble", "share": 0.02, "amount": 20},
        ),
    ),
}

WORDS = {
    "latency": "Answers take longer",
    "throttle": "Refused as too many requests",
    "error_before": "Error before the effect",
    "error_after": "Error after the effect",
    "lost_before": "No answer, no effect",
    "lost_after": "Effect, but no answer",
    "late": "No answer, the effect comes later",
    "hang_after": "Effect, the answer is held back",
    "cut": "Effect, the answer breaks off half-way",
    "garbage": "Effect, the answer is no JSON",
    "html": "Effect, the answer is an error page",
    "dribble": "Effect, the answer trickles in",
    "token_expired": "The access token expires",
    "token_revoked": "The authorization is withdrawn",
}


def make(rules: Rules, name: str) -> list[Document]:
    """Add the rules of a weather to those that are there."""
    if name not in WEATHER:
        raise Refusal(422, "Unknown weather", {"name": f"one of {', '.join(WEATHER)}"})
    return [rules.add(dict(rule)) for rule in WEATHER[name].rules]


def described(rule: Document) -> str:
    """What a rule does, with its amount in words."""
    amount, words = rule["amount"], WORDS[rule["kind"]]
    jitter = rule["jitter"]
    match rule["kind"]:
        case "latency":
            return f"{words}: {amount:g} ms" + (f" to {amount + jitter:g} ms" if jitter else "")
        case "throttle":
            return words + (", without a time to wait" if amount is None else f", wait {amount:g} s")
        case "error_before" | "error_after":
            return f"{words}: " + (f"code {amount:.0f}" if amount in ENVELOPES else f"HTTP {amount:.0f}")
        case "late" | "hang_after":
            return f"{words}: {amount:g} s"
        case "dribble":
            return f"{words}: {amount:g} bytes a second"
    return words
