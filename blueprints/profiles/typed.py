"""A profile's form as typed: read from what is saved or from what the browser sent, and turned into a change."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

from werkzeug.datastructures import MultiDict

from blueprints.settings import mapping_form
from domain.attributes import AttributeMapping, MappingKind
from domain.draft import CategoryNeeds
from domain.policy import IDENTIFIER_PRIORITY
from domain.rule_groups import MOST, NUMBERS, Condition, Field, Match, Operator, RuleGroup, operators
from models import Profile
from services import profile_edits, profiles
from services.profile_edits import Change

Form = MultiDict[str, str]
EMPTY = Condition("title", "contains", "")


@dataclass(frozen=True, slots=True)
class Typed:
    """Everything the form holds. `price`: (kind, amount), an empty kind leaves it to the store; `identifiers`: their
    order, empty likewise; `identifier_required`: "", "yes" or "no"."""

    is_default: bool
    name: str = ""
    match: str = "any"
    conditions: tuple[Condition, ...] = (EMPTY,)
    first: bool = False
    category_id: str = ""
    mapping: Mapping[str, AttributeMapping] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    price: tuple[str, str] = ("", "")
    brand: str = ""
    identifiers: tuple[str, ...] = ()
    identifier_required: str = ""

    @property
    def rule(self) -> RuleGroup:
        return RuleGroup(cast(Match, self.match), self.conditions)

    def change(self) -> Change:
        kind, amount = self.price
        policy: dict[str, Any] = {"brand": self.brand} if self.brand else {}
        if self.identifiers:
            policy["identifier_priority"] = list(self.identifiers)
        if self.identifier_required:
            policy["identifier_required"] = self.identifier_required == "yes"
        return Change(
            name=self.name.strip(),
            rule=None if self.is_default else self.rule,
            category_id=self.category_id,
            mapping=self.mapping,
            options=self.options,
            price_rule={"kind": kind, "amount": amount or "0"} if kind else {},
            policy=policy,
            first=self.first,
        )

    def digest(self, version: int) -> str:
        """Names exactly this change of exactly this version: what was looked at is what is saved."""
        return hashlib.sha256(f"{version}{self.change()!r}".encode("utf-8", "surrogatepass")).hexdigest()[:32]

    def with_row(self) -> "Typed":
        return replace(self, conditions=(*self.conditions, EMPTY)[:MOST])

    def without_row(self, place: int) -> "Typed":
        left = tuple(one for number, one in enumerate(self.conditions) if number != place)
        return replace(self, conditions=left or (EMPTY,))


def saved(profile: Profile) -> Typed:
    """As the profile is kept."""
    row = profile_edits.rule_of(profile)
    rule, policy = RuleGroup.from_json(row.rule if row else {}), (row.policy if row else {})
    price = profile.price_rule or {}
    required = policy.get("identifier_required")
    return Typed(
        is_default=profile.is_default,
        name=profile.name,
        match=rule.match,
        conditions=rule.conditions or (EMPTY,),
        category_id=profile.category_id,
        mapping={key: profiles.as_mapping(stored) for key, stored in (profile.mapping or {}).items()},
        options=dict(profile.options or {}),
        price=(str(price.get("kind", "")), str(price.get("amount", "")) if price.get("kind", "none") != "none" else ""),
        brand=str(policy.get("brand", "")),
        identifiers=tuple(policy.get("identifier_priority", ())),
        identifier_required="" if required is None else "yes" if required else "no",
    )


def posted(form: Form, is_default: bool, needs: CategoryNeeds | None) -> Typed:
    """As the browser sent it. `needs`: those of the category that the form names."""
    kind = form.get("price-kind", "")
    return Typed(
        is_default=is_default,
        name=form.get("name", ""),
        match=form.get("match", "any"),
        conditions=_conditions(form),
        first="first" in form,
        category_id=form.get("category", ""),
        mapping=_mapping(form, needs),
        options=mapping_form.options(form),
        price=(kind, form.get("price-amount", "").strip().replace(",", ".") if kind not in ("", "none") else ""),
        brand=form.get("brand-policy", ""),
        identifiers=tuple(
            dict.fromkeys(one for place in range(len(IDENTIFIER_PRIORITY)) if (one := form.get(f"identifier-{place}")))
        ),
        identifier_required=form.get("identifier-required", ""),
    )


def _conditions(form: Form) -> tuple[Condition, ...]:
    found = []
    for place in range(MOST):
        name = form.get(f"rule-{place}-field")
        if name is None:
            break
        operator = form.get(f"rule-{place}-operator", "")
        # Another field may know other comparisons: the first of its own then.
        operator = operator if operator in operators(name) else operators(name)[0]
        value = form.get(f"rule-{place}-value", "").strip()
        value = value.replace(",", ".") if name in NUMBERS else value
        custom = form.get(f"rule-{place}-name", "") if name == "custom_field" else ""
        found.append(Condition(cast(Field, name), cast(Operator, operator), value, custom))
    return tuple(found) or (EMPTY,)


def _mapping(form: Form, needs: CategoryNeeds | None) -> dict[str, AttributeMapping]:
    """A line whose map type has just changed keeps the type and begins without a source."""
    found = {}
    for key in mapping_form.keys(needs) if needs else ():
        kind, source = form.get(f"map-{key}-kind", ""), form.get(f"map-{key}-source", "").strip()
        if kind in profiles.KINDS:
            same = form.get(f"map-{key}-was", kind) == kind
            found[key] = AttributeMapping(cast(MappingKind, kind), source if same else "")
    return found
