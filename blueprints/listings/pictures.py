"""The pictures of one listing: measures, what will be done to each before it is sent, and moving them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from blueprints.listings.wording import STEPS
from domain.draft import ImageDraft
from domain.imaging import plan
from domain.rules.images import name_of
from models import Listing, ListingProblem, Product
from services.drafts import Prepared
from services.errors import Invalid

MOVES = ("first", "up", "down", "out", "in")


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture as the page shows it."""

    key: str
    url: str
    name: str
    alt: str
    measure: str
    doing: str
    problem: ListingProblem | None
    beyond: bool  # behind the last one that TikTok takes


def shown(
    listing: Listing, product: Product | None, one: Prepared, problems: Mapping[str, ListingProblem]
) -> tuple[list[Shown], list[Shown]]:
    """(those that are sent, in order; those left out)."""
    alts = {str(image["id"]): str(image.get("description") or "") for image in (product.images if product else [])}
    kept = [
        _shown(image, alts, one, problems, place >= one.pack.max_images) for place, image in enumerate(one.draft.images)
    ]
    used = {image.key for image in one.draft.images}
    rest = [
        _shown(ImageDraft(str(image["id"]), image["url"]), alts, one, {}, False)
        for image in (product.images if product else [])
        if str(image["id"]) not in used
    ]
    return kept, rest


def _shown(
    image: ImageDraft, alts: Mapping[str, str], one: Prepared, problems: Mapping[str, ListingProblem], beyond: bool
) -> Shown:
    measure, doing = "", ""
    if image.width and image.height:
        kilobytes = f", {image.size // 1024:,} KB" if image.size else ""
        measure = f"{image.width} x {image.height} {image.format or ''}{kilobytes}"
        planned = plan(
            image.width, image.height, image.size or 0, image.format or "JPEG", one.policy.image_ratio, one.pack
        )
        steps = ", ".join(STEPS[step] for step in planned.steps)
        doing = (
            f"Will be {steps}: {planned.width} x {planned.height}"
            if steps
            else ""
            if planned.fault
            else "Sent as it is"
        )
    alt = alts.get(image.key) or name_of(image)
    return Shown(image.key, image.url, name_of(image), alt, measure, doing, problems.get(f"images.{image.key}"), beyond)


def moved(keys: Sequence[str], every: Sequence[str], move: str) -> list[str]:
    """The order after a move such as "up:12"; a picture that is not there, or a move that is none, is refused."""
    act, _, key = move.partition(":")
    order = list(keys)
    if act not in MOVES or key not in every or (key in order) == (act == "in"):
        raise Invalid("This picture is no longer where it was. Look at the pictures again.")
    if act == "in":
        return [*order, key]
    place = order.index(key)
    order.remove(key)
    if act == "out":
        return order
    order.insert(0 if act == "first" else max(0, place - 1) if act == "up" else place + 1, key)
    return order
