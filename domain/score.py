"""The readiness score: how far a listing is from perfect, and what each fix would gain (features I-03)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from domain.draft import CategoryNeeds, Draft, Problem

_BLOCKING_WEIGHT, _ADVICE_WEIGHT = 20.0, 4.0
_SCALE = 60.0  # one blocking problem on the whole listing costs 25 points, three cost half
_WEIGHTS = {
    "category.missing": 30.0,
    "images.none": 30.0,
    "images.unmeasured": 1.0,
    "images.not_white": 1.0,
    "identifier.checksum": 2.0,
}


@dataclass(frozen=True, slots=True)
class Score:
    """`value` is 100 only without any problem; `gains`: (code, points won by fixing all of that code), best first."""

    value: int
    gains: tuple[tuple[str, int], ...]


def score(problems: Sequence[Problem], draft: Draft, needs: CategoryNeeds | None) -> Score:
    """Monotone: taking a problem away never lowers the value."""
    weights = _weigh(problems, draft, needs)
    value = _value(weights)
    gains = []
    for code in weights:
        rest = {other: weight for other, weight in weights.items() if other != code}
        gains.append((code, _value(rest) - value))
    gains.sort(key=lambda pair: (-pair[1], pair[0]))
    return Score(value, tuple(gains))


def _weigh(problems: Sequence[Problem], draft: Draft, needs: CategoryNeeds | None) -> dict[str, float]:
    """The weight of each code, in proportion to the share of variants, pictures or attributes it touches."""
    counts = Counter(problem.code for problem in problems)
    blocking = {problem.code for problem in problems if problem.blocking}
    weights = {}
    for code, count in counts.items():
        full = _WEIGHTS.get(code, _BLOCKING_WEIGHT if code in blocking else _ADVICE_WEIGHT)
        share = min(1.0, count / _size(code, draft, needs))
        weights[code] = full * (0.5 + 0.5 * share)
    return weights


def _size(code: str, draft: Draft, needs: CategoryNeeds | None) -> int:
    match code.partition(".")[0]:
        case "sku" | "price" | "quantity" | "identifier" | "variants":
            size = len(draft.skus)
        case "images":
            size = len(draft.images)
        case "attributes":
            size = sum(1 for need in needs.attributes if need.required or need.conditions) if needs else 1
        case _:
            size = 1
    return max(1, size)


def _value(weights: dict[str, float]) -> int:
    if not weights:
        return 100
    return min(99, int(100 * _SCALE / (_SCALE + sum(sorted(weights.values())))))
