"""What the small forms of a listing say, as values for `services.listings`; None gives a field back to inheritance."""

from collections.abc import Callable, Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from blueprints.listings.pictures import moved, ordered
from domain.attributes import resolve_values
from domain.draft import AttributeNeed
from models import Listing, Shop
from services import categories
from services.errors import Invalid, NotFound

Form = MultiDict[str, str]


def version(form: Form) -> int | None:
    """The newest version that the page has seen: each form holds one, and the head of the page a newer one after a save
    (by another name, because htmx lets a form's own field win)."""
    given = form.getlist("version") + form.getlist("seen_version")
    seen = [int(value) for value in given if value.isascii() and value.isdigit()]
    return max(seen) if seen else None


def text(name: str) -> Callable[[Form], Any]:
    def read(form: Form) -> Any:
        return form.get(name, "").replace("\r\n", "\n")

    return read


def weight(form: Form) -> dict[str, str]:
    return {"value": form.get("weight", ""), "unit": form.get("unit", "")}


def dimensions(form: Form) -> dict[str, str]:
    return {name: form.get(name, "") for name in ("length", "width", "height", "unit")}


def brand(shop: Shop, category_id: str, form: Form) -> dict[str, str]:
    """TikTok's brand of that name where the category has one; an empty name is "no brand"."""
    name = form.get("brand", "").strip()[:255]
    known = categories.brand_named(shop, category_id, name) if name and category_id else None
    return {"id": known.id, "name": known.name} if known else {"id": "", "name": name}


def attribute(need: AttributeNeed, given: list[str]) -> list[dict[str, str]]:
    """The posted values of one attribute: ids of its own values, or text."""
    given = [value.strip() for value in given if value.strip()]
    if need.values and not need.custom:
        names = dict(need.values)
        return [{"id": value, "text": names.get(value, value)} for value in given]
    whole = " ".join(given)
    found = resolve_values(need, whole)
    return [{"id": value.id, "text": value.text} for value in found] or ([{"id": "", "text": whole}] if whole else [])


def attributes(form: Form, wanted: Mapping[str, tuple[AttributeNeed, str]]) -> dict[str, Any]:
    """The attributes that a person changed: the form repeats what it was filled with. `wanted`: by id."""
    if form.get("reset"):
        if form["reset"] not in wanted:
            raise NotFound("This attribute does not belong to the category any more. Reload the page.")
        return {f"attributes.{form['reset']}": None}
    if form.get("take"):  # a suggestion that was said yes to
        key, _, value_id = form["take"].partition(":")
        names = dict(wanted[key][0].values) if key in wanted else {}
        if value_id not in names:
            raise NotFound("This value does not belong to the category any more. Reload the page.")
        return {f"attributes.{key}": [{"id": value_id, "text": names[value_id]}]}
    found: dict[str, Any] = {}
    for key, (need, _) in wanted.items():
        if f"was-{key}" not in form:
            continue
        given = form.getlist(f"attribute-{key}")
        now = "|".join(given) if need.values and not need.custom else " ".join(given).strip()
        if now != form[f"was-{key}"]:
            found[f"attributes.{key}"] = attribute(need, given)
    return found


def images(listing: Listing, keys: list[str], form: Form) -> list[str] | None:
    """The order after the pressed button; None is BigCommerce's order."""
    if form.get("move") == "reset":
        return None
    if form.get("order"):
        return ordered(keys, form["order"])
    every = [str(image["id"]) for image in (listing.product.images if listing.product else [])]
    return moved(keys, every, form.get("move", ""))


def sku(form: Form, tracked: bool) -> dict[str, Any]:
    """One variant: an empty control inherits. Only what the form holds is touched."""
    found: dict[str, Any] = {}
    if "included" in form:
        return {"included": None if form["included"] == "1" else False}
    for name in ("price", "sku") if tracked else ("price", "sku", "quantity"):
        if name in form and form[name].strip() != form.get(f"was-{name}", ""):
            found[name] = form[name].strip() or None
    code, kind = form.get("code", "").strip(), form.get("kind", "")
    if "code" in form and (code, kind) != (form.get("was-code", ""), form.get("was-kind", "")):
        found["identifier"] = {"kind": kind, "code": code} if code or form.get("was-code") else None
    if form.get("reset"):
        if form["reset"] not in ("price", "sku", "quantity", "identifier"):
            raise Invalid("This cannot be given back.")
        found = {form["reset"]: None}
    return found
