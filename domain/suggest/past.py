"""Past choices: which category people chose for products that are called alike."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt

from domain.categories import Suggestion
from domain.words import tokens

_TRUST = 1.0  # of a choice for a product that is called the same: no word knows better
_SAME_PATH = 0.15  # more likely when it stands in the same category of the store
_LAST = 2.5  # English names end with what the thing is
_LEAST = 0.35


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person chose: the product's title and category path in the store, and the leaf."""

    title: str
    store_path: tuple[str, ...]
    category_id: str
    path: tuple[str, ...]


class Past:
    """The choices of one shop, ready to be compared with; a few hundred are enough."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        """Rare words tell more than those that many titles have."""
        self._choices = [(one, _weights(one.title)) for one in choices]
        seen = Counter(word for _, words in self._choices for word in words)
        self._rarity = {word: log(1 + len(self._choices) / count) for word, count in seen.items()}
        self._other = log(1 + len(self._choices))

    def suggest(self, title: str, store_path: tuple[str, ...] = (), limit: int = 3) -> tuple[Suggestion, ...]:
        """The leaves of the most similar products, best first."""
        asked = _weights(title)
        best: dict[str, tuple[float, Choice]] = {}
        for one, words in self._choices:
            likeness = self._likeness(asked, words)
            if store_path and likeness and one.store_path == store_path:
                likeness = min(1.0, likeness + _SAME_PATH)
            if likeness > best.get(one.category_id, (0.0, one))[0]:
                best[one.category_id] = (likeness, one)
        ranked = sorted(best.items(), key=lambda pair: (-pair[1][0], pair[0]))
        return tuple(
            Suggestion(key, one.path, round(_TRUST * likeness, 3), f"chosen before for “{one.title[:60]}”")
            for key, (likeness, one) in ranked[:limit]
            if _TRUST * likeness >= _LEAST
        )

    def _likeness(self, one: dict[str, float], other: dict[str, float]) -> float:
        """The weight of the words they share among all that either has."""
        shared = sum(min(one[word], other[word]) * self._rare(word) for word in one if word in other)
        if not shared:
            return 0.0
        every = sum(max(one.get(word, 0.0), other.get(word, 0.0)) * self._rare(word) for word in {**one, **other})
        return sqrt(shared / every)

    def _rare(self, word: str) -> float:
        return self._rarity.get(word, self._other)


def _weights(title: str) -> dict[str, float]:
    words = tokens(title)
    return dict.fromkeys(words[:-1], 1.0) | dict.fromkeys(words[-1:], _LAST)


def merged(*found: Sequence[Suggestion], limit: int = 3) -> tuple[Suggestion, ...]:
    """One suggestion for each leaf, the surest; of equals the one that was named first."""
    best: dict[str, Suggestion] = {}
    for one in (one for each in found for one in each):
        if one.category_id not in best or one.confidence > best[one.category_id].confidence:
            best[one.category_id] = one
    return tuple(sorted(best.values(), key=lambda one: -one.confidence)[:limit])
