"""What keeps a listing from being sold, and what would make it better: every rule, in order, on plain data."""

from domain.draft import CategoryNeeds, Draft, Problem
from domain.limits import RulePack
from domain.policy import Policy
from domain.rules import Case, Rule, category, images, matrix, media, package, skus, texts

RULES: tuple[Rule, ...] = (
    texts.title,
    texts.description,
    category.category,
    category.attributes,
    category.certifications,
    category.size_chart,
    media.documents,
    media.size_chart,
    media.video,
    texts.brand,
    images.images,
    images.main_picture,
    skus.codes,
    skus.prices,
    skus.quantities,
    skus.identifiers,
    matrix.matrix,
    matrix.option_values,
    matrix.pictures,
    package.weight,
    package.dimensions,
)


def check(draft: Draft, needs: CategoryNeeds | None, pack: RulePack, policy: Policy) -> tuple[Problem, ...]:
    """All problems of the draft; a listing is ready when none of them is blocking."""
    case = Case(draft, needs, pack, policy)
    found: list[Problem] = []
    for rule in RULES:
        rule(case, found)
    return tuple(found)


def is_ready(problems: tuple[Problem, ...]) -> bool:
    """True when nothing blocks."""
    return not any(problem.blocking for problem in problems)
