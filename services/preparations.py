"""What prepares a listing: the product's profile over the shop's default profile, as one set of values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from domain.draft import Origin
from domain.settings import InvalidSetting, StoreSettings
from models import Profile, ProfileRule, db
from services import profile_members

PACKAGE = ("weight", "length", "width", "height", "brand")  # mapped whatever the category is


@dataclass(frozen=True, slots=True)
class Preparation:
    """`inherited` names what comes from the default profile; `policy` differs from the store's configuration."""

    id: int
    name: str
    is_default: bool
    category_id: str
    mapping: Mapping[str, Any]
    options: Mapping[str, Any]
    price_rule: Mapping[str, Any]
    policy: Mapping[str, Any] = field(default_factory=dict)
    inherited: frozenset[str] = frozenset()

    def origin(self, key: str) -> Origin:
        """In which of the two profiles a value was decided: "category" or a key of the mapping."""
        return "default profile" if self.is_default or key in self.inherited else "profile"

    def settings(self, store: StoreSettings) -> StoreSettings:
        """The store's configuration with what the profile decides otherwise."""
        if not self.policy:
            return store
        try:
            return StoreSettings.from_json({**store.to_json(), **self.policy})
        except InvalidSetting:
            return store


def compose(profile: Profile, default: Profile | None, policies: Mapping[int, Mapping[str, Any]]) -> Preparation:
    """The profile, and what it leaves open from the default one. Attributes belong to a category: those of another are
    not taken over."""
    own_policy = dict(policies.get(profile.id, {}))
    if default is None or default.id == profile.id:
        return Preparation(
            profile.id, profile.name, profile.is_default, profile.category_id, profile.mapping or {},
            profile.options or {}, profile.price_rule or {}, own_policy,
        )  # fmt: skip
    category_id = profile.category_id or default.category_id
    same = category_id == default.category_id
    lent = {key: value for key, value in (default.mapping or {}).items() if same or key in PACKAGE}
    inherited = lent.keys() - (profile.mapping or {}).keys() | ({"category"} if not profile.category_id else set())
    return Preparation(
        id=profile.id,
        name=profile.name,
        is_default=False,
        category_id=category_id,
        mapping={**lent, **(profile.mapping or {})},
        options={**((default.options or {}) if same else {}), **(profile.options or {})},
        price_rule=profile.price_rule or default.price_rule or {},
        policy={**policies.get(default.id, {}), **own_policy},
        inherited=frozenset(inherited),
    )


def of(
    shop_id: int, product_ids: Iterable[int], members: Mapping[int, int] | None = None
) -> tuple[Preparation | None, dict[int, Preparation]]:
    """(the default one, by product those of another profile). `members` instead of those that are kept."""
    members = profile_members.of(shop_id, product_ids) if members is None else members
    wanted = Profile.is_default | Profile.id.in_(set(members.values()))
    profiles = {row.id: row for row in db.session.scalars(select(Profile).where(Profile.shop_id == shop_id, wanted))}
    default = next((row for row in profiles.values() if row.is_default), None)
    policies = _policies(list(profiles))
    made = {profile.id: compose(profile, default, policies) for profile in profiles.values()}
    mine = {product_id: made[profile_id] for product_id, profile_id in members.items() if profile_id in made}
    return (made[default.id] if default else None), mine


def _policies(profile_ids: list[int]) -> dict[int, Mapping[str, Any]]:
    if not profile_ids or not profile_members.ready():
        return {}
    query = select(ProfileRule.profile_id, ProfileRule.policy).where(ProfileRule.profile_id.in_(profile_ids))
    return {profile_id: policy for profile_id, policy in db.session.execute(query)}
