"""The readiness rules, one file per part of a listing. Each rule appends what it finds and never stops the others."""

from collections.abc import Callable
from dataclasses import dataclass

from domain.draft import CategoryNeeds, Draft, Problem
from domain.limits import RulePack
from domain.policy import Policy


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule looks at."""

    draft: Draft
    needs: CategoryNeeds | None
    pack: RulePack
    policy: Policy


Rule = Callable[[Case, list[Problem]], None]
