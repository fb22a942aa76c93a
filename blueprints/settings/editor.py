"""The default profile's editor, shared by the wizard and the settings: what its page shows, and what its forms do."""

from dataclasses import replace
from typing import Any, cast

from flask import g, request

from blueprints.settings import mapping_form
from domain.attributes import AttributeMapping, MappingKind
from domain.draft import CategoryNeeds
from models import Profile, Shop, db
from services import categories, platforms, previews, profiles, settings, shops, sources
from services.errors import NotFound


def page_data(shop: Shop, base: str, *, posted: bool = False, faults: dict[str, str] | None = None) -> dict[str, Any]:
    """Everything the profile page needs. `posted`: show what the form holds instead of what is saved."""
    profile = profiles.default(shop)
    needs = categories.needs(shop, profile.category_id) if profile and profile.category_id else None
    data: dict[str, Any] = {
        "base": base,
        "shop": shop,
        "profile": profile,
        "needs": needs,
        "category_faults": permission_texts(needs),
        "change": "change" in request.args or needs is None,
        **picker_data(shop),
    }
    if needs is not None and profile is not None:
        data |= _mapping_data(profile, needs, posted, faults or {}) | preview_data(shop, profile, needs, posted)
    return data


def permission_texts(needs: CategoryNeeds | None) -> list[tuple[str, str]]:
    return (
        [
            categories.PERMISSIONS[name]
            for name in sorted(needs.permissions)
            if name != "AVAILABLE" and name in categories.PERMISSIONS
        ]
        if needs
        else []
    )


def picker_data(shop: Shop) -> dict[str, Any]:
    """Search results, a place in the tree, or suggestions."""
    text, inside = request.args.get("q", "").strip(), request.args.get("in", "")
    return {
        "text": text,
        "inside": inside,
        "permissions": categories.PERMISSIONS,
        "results": categories.search(shop, text) if text else [],
        "trail": categories.trail(shop, inside) if inside else [],
        "below": [] if text else categories.children(shop, inside or "0"),
        "suggestions": [] if text or inside else categories.suggest_for_catalog(shop, previews.catalog_sample()),
        "tree_read": shop.tree_read_at is not None,
    }


def current(profile: Profile, needs: CategoryNeeds, posted: bool) -> tuple[dict[str, AttributeMapping], dict[str, str]]:
    """The mapping and the option names: from the form, or saved with proposals for the rest."""
    if posted:
        return mapping_form.mapping(request.form, needs), mapping_form.options(request.form)
    saved = {key: profiles.as_mapping(stored) for key, stored in (profile.mapping or {}).items()}
    known = sources.known()
    found = {row.key: row.mapping for row in profiles.rows(needs, saved, known, fill=not saved) if row.mapping}
    options = {
        row.name: row.target
        for row in profiles.option_rows(needs, profile.options or {}, known, fresh=not saved)
        if row.target
    }
    return found, options


def _mapping_data(profile: Profile, needs: CategoryNeeds, posted: bool, faults: dict[str, str]) -> dict[str, Any]:
    mapping, options = current(profile, needs, posted)
    known = sources.known()
    rows = profiles.rows(needs, mapping, known, fill=False)
    fresh = not profile.mapping and not posted
    return {
        "groups": {name: [row for row in rows if row.group == name] for name in ("package", "required", "recommended")},
        "fresh": fresh,
        "faults": faults,
        "kinds": profiles.KINDS,
        "known": known,
        "fields": sources.FIELDS,
        "options": profiles.option_rows(needs, options, known, fresh=False),
        "sales": [need for need in needs.attributes if need.kind == "sales"],
        "uncovered": profiles.uncovered(needs, options),
        "default_variation": settings.of(g.store).default_variation_value,
        "weight_unit": g.store.weight_units,
        "length_unit": g.store.dimension_units,
        "brands": [brand.name for brand in categories.brands(_shop_of(profile), needs.id, limit=200)],
    }


def _shop_of(profile: Profile) -> Shop:
    return shops.get(profile.shop_id)


def preview_data(shop: Shop, profile: Profile, needs: CategoryNeeds, posted: bool) -> dict[str, Any]:
    """One real product as the mapping would prepare it; `preview` is None while the catalog is empty."""
    values = request.form if posted else request.args
    product = previews.example(values.get("product", 0, type=int))
    find = values.get("find", "")
    mapping, options = current(profile, needs, posted)
    return {
        "preview": previews.preview(needs, mapping, options, product) if product else None,
        "examples": previews.example_products(find),
        "find": find,
    }


def choose(shop: Shop, category_id: str) -> None:
    """Reads what the leaf demands and makes it the default profile's category. No transaction is open while TikTok
    answers."""
    categories.leaf(shop, category_id)
    client, shop_id = platforms.tiktok(shop), shop.id
    db.session.commit()
    read = categories.fetch_needs(client, category_id)
    shop = shops.get(shop_id)
    categories.record_needs(shop, read)
    profiles.choose_category(g.actor, shop, category_id)


def save(shop: Shop) -> dict[str, str]:
    """Keeps the posted mapping; answers the faults by row when it cannot be kept."""
    profile = profiles.default(shop)
    needs = categories.needs(shop, profile.category_id) if profile else None
    if profile is None or needs is None:
        return {"category": "Choose a category first."}
    mapping = mapping_form.mapping(request.form, needs)
    faults = profiles.faults(profiles.rows(needs, mapping, (), fill=False))
    if not faults:
        profiles.save(
            g.actor, profile, needs, mapping, mapping_form.options(request.form), mapping_form.stale(request.form)
        )
    return faults


def row_data(shop: Shop, key: str) -> dict[str, Any]:
    """One row with the map type the browser asks for."""
    profile = profiles.default(shop)
    needs = categories.needs(shop, profile.category_id) if profile else None
    if profile is None or needs is None or key not in mapping_form.keys(needs):
        raise NotFound("This attribute does not belong to the profile's category any more. Reload the page.")
    kind = request.args.get(f"map-{key}-kind", "")
    data = _mapping_data(profile, needs, False, {})
    saved = next(row for rows in data["groups"].values() for row in rows if row.key == key)
    same = saved.mapping is not None and saved.mapping.kind == kind
    mapping = (
        saved.mapping if same else AttributeMapping(cast(MappingKind, kind), "") if kind in profiles.KINDS else None
    )
    return data | {"row": replace(saved, mapping=mapping, proposed=False, warning="")}
