"""What the form of a profile shows: rule, category, mapping, price, policy; matches and effects where asked for."""

from dataclasses import replace
from typing import Any

from flask import g, request, url_for

from blueprints.profiles import typed
from blueprints.profiles.typed import Typed
from blueprints.settings import editor
from blueprints.settings.forms import BRANDS, RULES
from domain import rule_groups
from domain.draft import CategoryNeeds
from domain.policy import IDENTIFIER_PRIORITY
from domain.rulepacks import pack_for
from models import Profile, Shop, db
from services import (
    categories,
    clock,
    platforms,
    previews,
    profile_edits,
    profile_map,
    profile_rules,
    profiles,
    settings,
    shops,
    sources,
)


def data(shop: Shop, profile: Profile | None, form: Typed, **more: Any) -> dict[str, Any]:
    """Variables of `profiles/_form.html`. In `more`: faults, matches, effects, seen, changing."""
    needs = categories.needs(shop, form.category_id) if form.category_id else None
    to = url_for("profiles.act", profile_id=profile.id) if profile else url_for("profiles.create", shop=shop.id)
    currency = shop.currency or pack_for(shop.market, clock.now().date(), cross_border=False).currency
    found: dict[str, Any] = {
        "active": "listings", "shop": shop, "profile": profile, "form": form, "needs": needs, "to": to, "redraw": to,
        "version": profile.version if profile else 0, "rule_fields": rule_groups.FIELDS,
        "operator_words": rule_groups.OPERATORS, "operators_of": rule_groups.operators,
        "match_words": rule_groups.MATCHES,
        "values": {name: profile_rules.offered(name) for name in {one.field for one in form.conditions}},
        "custom_names": [source.name for source in sources.custom_field_sources()] if _asks_custom(form) else [],
        "price_rules": RULES, "currency": currency, "brand_policies": BRANDS, "identifiers": IDENTIFIER_PRIORITY,
        "store_settings": settings.of(g.store), "category_faults": editor.permission_texts(needs),
        "faults": {}, "matches": None, "effects": None, "seen": "", "changing": False,
    }  # fmt: skip
    if needs is not None:
        found |= _mapping(shop, form, needs)
    found |= more
    if found["changing"] or (needs is None and (form.is_default or form.category_id)):
        found |= {"changing": True, **picker(shop, form)}
    return found


def _asks_custom(form: Typed) -> bool:
    return any(one.field == "custom_field" for one in form.conditions)


def _mapping(shop: Shop, form: Typed, needs: CategoryNeeds) -> dict[str, Any]:
    known = sources.known()
    rows = profiles.rows(needs, form.mapping, known, fill=not form.mapping)
    options = profiles.option_rows(needs, form.options, known, fresh=not form.mapping)
    return {
        "groups": {name: [row for row in rows if row.group == name] for name in ("package", "required", "recommended")},
        "kinds": profiles.KINDS,
        "known": known,
        "fields": sources.FIELDS,
        "options": options,
        "sales": [need for need in needs.attributes if need.kind == "sales"],
        "uncovered": profiles.uncovered(needs, {row.name: row.target for row in options if row.target}),
        "brands": [brand.name for brand in categories.brands(shop, needs.id, limit=200)],
        "weight_unit": g.store.weight_units,
        "length_unit": g.store.dimension_units,
    }


def picker(shop: Shop, form: Typed) -> dict[str, Any]:
    """Search results, a place in the tree, or suggestions; all of it inside the form."""
    text, inside = request.form.get("find", "").strip()[:100], request.form.get("inside", "")[:32]
    act = request.form.get("act", "")
    inside = act.removeprefix("in:") if act.startswith("in:") else "" if act == "find" else inside
    text = "" if act.startswith("in:") else text
    rule = None if form.is_default or rule_groups.faults(form.rule) else form.rule
    return {
        "text": text,
        "inside": inside,
        "results": categories.search(shop, text) if text else [],
        "trail": categories.trail(shop, inside) if inside else [],
        "below": [] if text else categories.children(shop, inside or "0"),
        "suggestions": [] if text or inside else categories.suggest_for_catalog(shop, previews.catalog_sample(rule)),
        "suggested_for": "the products of this rule" if rule else "your catalog",
        "permissions": categories.PERMISSIONS,
        "tree_read": shop.tree_read_at is not None,
    }


def read_form(shop: Shop, is_default: bool) -> Typed:
    category_id = request.form.get("category", "")
    return typed.posted(request.form, is_default, categories.needs(shop, category_id) if category_id else None)


def choose(shop_id: int, form: Typed, category_id: str) -> Typed:
    """The form with another category: asked of TikTok when nobody has read what it demands. No transaction is open
    while TikTok answers. What was mapped to package fields and to attributes that both have stays."""
    shop = shops.get(shop_id)
    categories.leaf(shop, category_id)
    if categories.needs(shop, category_id) is None:
        client = platforms.tiktok(shop)
        db.session.commit()
        read = categories.fetch_needs(client, category_id)
        categories.record_needs(shops.get(shop_id), read)
        db.session.commit()
    needs = categories.needs(shops.get(shop_id), category_id)
    keep = {*profiles.MEASURES, "brand", *(need.id for need in needs.attributes)} if needs else set()
    return replace(
        form, category_id=category_id, mapping={key: one for key, one in form.mapping.items() if key in keep}
    )


def matches(shop: Shop, profile: Profile | None, form: Typed) -> dict[str, Any]:
    """Run Query: how many products the rule takes, whose they are now, and the first fifty. Nothing is saved."""
    wrong = {"rule" if place < 0 else f"rule.{place}": text for place, text in rule_groups.faults(form.rule).items()}
    if wrong:
        return {"faults": wrong}
    found = profile_rules.count(form.rule)
    return {
        "matches": {
            "count": found,
            "rows": profile_rules.examples(profile_rules.where(form.rule)),
            "taken": profile_map.taken_from(shop, profile.id if profile else 0, form.rule) if found else [],
        }
    }


def wrong_of(shop: Shop, profile: Profile | None, form: Typed) -> dict[str, str]:
    return profile_edits.faults(shop, profile, form.change())
