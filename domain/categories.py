"""Category suggestions by local matching: words of the name and of the store's category against TikTok's tree."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

from domain.suggest.kinds import kind_of
from domain.words import fold, tokens


@dataclass(frozen=True, slots=True)
class CategoryNode:
    """A category of TikTok's tree: names from the root to itself."""

    id: str
    path: tuple[str, ...]
    leaf: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A leaf to confirm; `confidence` from 0 to 1, `reason` names the words that speak for it."""

    category_id: str
    path: tuple[str, ...]
    confidence: float
    reason: str


_LEAF_WEIGHT, _ANCESTOR_WEIGHT = 1.0, 0.35
_NAME_WEIGHT, _STORE_LEAF_WEIGHT, _STORE_ANCESTOR_WEIGHT = 1.0, 0.8, 0.4
_KIND_WEIGHT = 0.8  # of a word that says what the word in the name is: a chino is trousers
_LAST_WORD_WEIGHT = 2.0  # English names end with what the thing is: "Oak dining table"


class Index:
    """The leaves of one tree, ready to be searched; build it once per tree."""

    def __init__(self, tree: Sequence[CategoryNode]) -> None:
        """Only leaves are kept: nothing else can hold products."""
        self._leaves = sorted((node for node in tree if node.leaf), key=lambda node: (node.path, node.id))
        self._by_id = {node.id: node for node in self._leaves}
        self._words = [_weights_of(node.path) for node in self._leaves]
        self._holders: dict[str, list[int]] = defaultdict(list)
        for place, words in enumerate(self._words):
            for word in words:
                self._holders[word].append(place)
        total = len(self._leaves) + 1
        self._rarity = {word: log(1 + total / len(places)) for word, places in self._holders.items()}
        self._mass = [
            sum(self._rarity[word] * weight for word, weight in words.items() if weight == _LEAF_WEIGHT)
            for words in self._words
        ]
        self._folded = [(fold(node.path[-1]), fold(" > ".join(node.path))) for node in self._leaves]

    def suggest(
        self,
        name: str,
        store_category_path: tuple[str, ...] = (),
        *,
        chosen_before: Mapping[tuple[str, ...], str] | None = None,
        limit: int = 3,
    ) -> tuple[Suggestion, ...]:
        """The likeliest leaves, best first. `chosen_before`: store category path to the leaf a person chose for it."""
        query = _query(name, store_category_path)
        scores: dict[int, float] = defaultdict(float)
        for word, weight in query.items():
            for place in self._holders.get(word, ()):
                scores[place] += weight * self._words[place][word] * self._rarity[word]
        asked = sum(weight * self._rarity[word] for word, weight in query.items() if word in self._rarity)
        ranked = [(self._confidence(place, score, asked, query), place) for place, score in scores.items()]
        ranked.sort(key=lambda pair: (-pair[0], pair[1]))
        found = [self._suggestion(place, confidence, query) for confidence, place in ranked[:limit]]
        past = self._by_id.get((chosen_before or {}).get(store_category_path, ""))
        if past is not None:
            reason = f'chosen before for "{" > ".join(store_category_path)}"'
            kept = [item for item in found if item.category_id != past.id]
            found = [Suggestion(past.id, past.path, 0.95, reason), *kept][:limit]
        return tuple(found)

    def _confidence(self, place: int, score: float, asked: float, query: Mapping[str, float]) -> float:
        """How much of the question the leaf answers, times how much of the leaf's own name was asked for."""
        words = self._words[place]
        own = sum(self._rarity[word] for word, weight in words.items() if weight == _LEAF_WEIGHT and word in query)
        coverage = own / self._mass[place] if self._mass[place] else 0.0
        return min(1.0, score / asked) * (0.3 + 0.7 * coverage)

    def _suggestion(self, place: int, confidence: float, query: Mapping[str, float]) -> Suggestion:
        node, words = self._leaves[place], self._words[place]
        shared = sorted(
            (word for word in query if word in words), key=lambda word: (-self._rarity[word] * words[word], word)
        )
        return Suggestion(node.id, node.path, round(confidence, 3), "matches " + ", ".join(shared[:4]))

    def search(self, query: str, limit: int = 20) -> tuple[CategoryNode, ...]:
        """For the picker: leaves whose name begins with the text, then those with all its words; shorter first."""
        asked = fold(query).strip()
        if not asked:
            return ()
        wanted = tokens(query)
        ranked = []
        for place, (name, path) in enumerate(self._folded):
            rank = _rank(asked, wanted, name, path, self._words[place])
            if rank is not None:
                ranked.append((rank, len(path), place))
        ranked.sort()
        return tuple(self._leaves[place] for _, _, place in ranked[:limit])


def suggest(
    name: str, store_category_path: tuple[str, ...], tree: Sequence[CategoryNode], *, limit: int = 3
) -> tuple[Suggestion, ...]:
    """One question to a tree; for many build an `Index` once."""
    return Index(tree).suggest(name, store_category_path, limit=limit)


def _weights_of(path: tuple[str, ...]) -> dict[str, float]:
    words: dict[str, float] = {}
    for part in path[:-1]:
        for word in tokens(part):
            words[word] = _ANCESTOR_WEIGHT
    for word in tokens(path[-1]):
        words[word] = _LEAF_WEIGHT
    return words


def _query(name: str, store_path: tuple[str, ...]) -> dict[str, float]:
    """Each word once, with the greatest weight of the places it stands in."""
    query: dict[str, float] = {}  # in order of insertion, which keeps the sums deterministic

    def put(words: tuple[str, ...], weight: float) -> None:
        for word in words:
            query[word] = max(query.get(word, 0.0), weight)

    for part in store_path[:-1]:
        put(tokens(part), _STORE_ANCESTOR_WEIGHT)
    if store_path:
        put(tokens(store_path[-1]), _STORE_LEAF_WEIGHT)
    words = tokens(name)
    put(words, _NAME_WEIGHT)
    if words:
        put(words[-1:], _LAST_WORD_WEIGHT)
        if kind := kind_of(words[-1]):
            put((kind,), _LAST_WORD_WEIGHT * _KIND_WEIGHT)
    return query


def _rank(asked: str, wanted: tuple[str, ...], name: str, path: str, words: Mapping[str, float]) -> int | None:
    if name == asked:
        return 0
    if name.startswith(asked):
        return 1
    if any(part.startswith(asked) for part in name.split()):
        return 2
    if wanted and all(words.get(word) == _LEAF_WEIGHT for word in wanted):
        return 3
    if wanted and all(word in words for word in wanted):
        return 4
    return 5 if all(f" {word}" in f" {path}" for word in asked.split()) else None
