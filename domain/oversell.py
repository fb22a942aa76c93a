"""What a push rule would have done to a stream of sales: how often more was sold than there was, and what the caution
cost. Pure."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from domain.stock import StockRule, quantity

STORE = ""  # the channel that always knows the real number: BigCommerce itself
RuleOf = Callable[[str, int], StockRule]
"""Of a channel and a SKU."""


@dataclass(frozen=True, slots=True)
class Event:
    """`pieces` wanted on a channel at a moment, in seconds; negative: so many came in."""

    at: float
    channel: str
    pieces: int


@dataclass(frozen=True, slots=True)
class Stream:
    """Of one SKU: pieces there at the beginning, and what happened since, in the order of time."""

    start: int
    events: Sequence[Event]


@dataclass(frozen=True, slots=True)
class Outcome:
    """`oversells`: sales of pieces that were not there, `short` pieces in all; `lost`: wanted, there and not offered,
    `missed` pieces in all; `sold`: sales that could be served; `empty`: wanted when neither was."""

    oversells: int = 0
    short: int = 0
    lost: int = 0
    missed: int = 0
    sold: int = 0
    empty: int = 0

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


def simulate(streams: Mapping[int, Stream], rule_of: RuleOf, lag: float) -> Outcome:
    """All SKUs together; `lag`: seconds from a change of the real number until a channel shows it."""
    total = Outcome()
    for sku, stream in streams.items():
        channels = sorted({event.channel for event in stream.events} - {STORE})
        total += replay(stream, {name: rule_of(name, sku) for name in channels}, lag)
    return total


@lru_cache(4096)
def told(real: int, rule: StockRule) -> int:
    """What a channel is told of so many pieces."""
    return quantity(real, rule).value


def replay(stream: Stream, rules: Mapping[str, StockRule], lag: float) -> Outcome:
    """One SKU. A channel shows its number less what it sold itself; the number is the rule's of what was really there
    a lag ago, as a push takes off sales that it overwrote."""
    real = stream.start
    base = {name: told(real, rule) for name, rule in rules.items()}  # as last told
    own: dict[str, deque[tuple[float, int]]] = {name: deque() for name in rules}  # sales the number does not know
    coming: deque[tuple[float, int]] = deque()  # (when it changed, to what)
    counts = dict.fromkeys(Outcome.__slots__, 0)
    for event in stream.events:
        while coming and coming[0][0] + lag <= event.at:
            changed, there = coming.popleft()
            for name, rule in rules.items():
                base[name] = told(there, rule)
                while own[name] and own[name][0][0] <= changed:
                    own[name].popleft()
        wanted = event.pieces
        if event.channel == STORE or wanted < 0:
            real = max(0, real - wanted)
        else:
            shown = base[event.channel] - sum(pieces for _, pieces in own[event.channel])
            if shown < wanted:
                missed = real >= wanted
                counts["lost" if missed else "empty"] += 1
                counts["missed"] += wanted if missed else 0
                continue
            own[event.channel].append((event.at, wanted))
            if real >= wanted:
                counts["sold"] += 1
            else:
                counts["oversells"] += 1
                counts["short"] += wanted - real
            real = max(0, real - wanted)
        coming.append((event.at, real))
    return Outcome(**counts)


@dataclass(frozen=True, slots=True)
class Candidate:
    label: str
    rule: StockRule


def candidates(rule: StockRule) -> Iterator[Candidate]:
    """Rules worth comparing with the one that stands: one number changed each."""
    yield Candidate("As it is", rule)
    if rule != StockRule():
        yield Candidate("Everything, nothing kept back", StockRule())
    for field, values, label in (
        ("threshold", (1, 2, 3, 5), "Threshold {}"),
        ("guard", (1, 2, 3), "Low-stock guard {}"),
        ("percent", (90, 75, 50), "{} % of the stock"),
        ("cap", (1, 3, 10), "At most {}"),
    ):
        for value in values:
            if getattr(rule, field) != value:
                yield Candidate(label.format(value), replace(rule, **{field: value}))


def generated(collisions: int, calm: int, lag: float, channels: Sequence[str], pieces: int = 3) -> dict[int, Stream]:
    """A stream whose truth is known: `collisions` SKUs whose last piece two channels sell within one lag, `calm` ones
    where everybody knew in time. With the plain rule exactly `collisions` sales are oversells."""
    first, second = channels[0], channels[1]
    found: dict[int, Stream] = {}
    step = 3 * lag + 1
    for sku in range(collisions + calm):
        begin = sku * step / 7
        events = [Event(begin + turn * step, channels[turn % len(channels)], 1) for turn in range(pieces)]
        late = lag / 2 if sku < collisions else 2 * lag + 0.5
        taken = events[-1].channel
        events.append(Event(events[-1].at + late, second if taken != second else first, 1))
        found[sku] = Stream(pieces, tuple(events))
    return found
