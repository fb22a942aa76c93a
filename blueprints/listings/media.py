"""What goes with a listing besides its fields: documents, size chart, video, pictures of variants, previews."""

from flask import Response, g, request, url_for

from blueprints.guard import accepts
from blueprints.listings import panel
from blueprints.listings.area import listings
from blueprints.listings.editing import refused, saved
from blueprints.listings.selection import LARGEST, number
from blueprints.listings.single import ID
from blueprints.page import page
from jobs.launch import ring
from models import Listing, MediaFile
from services import listings as service
from services.errors import Invalid, NotFound
from services.media import attaching, documents, files, looks, uploads

FORM = 64 * 1024
PARTS = {"document": "documents", "size_chart": "documents", "video": "images"}
PATIENCE = 6  # times the page asks for looks that are under way


@listings.post(f"/{ID}/media/<kind>")
@accepts(files.VIDEO_MAX + FORM)
def attach_media(listing_id: int, kind: str) -> Response:
    """A file that is here, or one that is brought now, goes with the listing."""
    if kind not in PARTS:
        raise NotFound("A listing has no such file.", "See the listing", f"/listings/{listing_id}")
    listing = service.get(listing_id)
    target = request.form.get("target", "")
    try:
        file = _file(listing, kind, target)
        attaching.attach(g.actor, listing, file, target)
    except Invalid as wrong:
        return refused(listing_id, PARTS[kind], wrong)
    uploads.order(listing.shop, [file.id])
    store_id, shop_id = listing.store_id, listing.shop_id
    response = saved(listing, PARTS[kind])
    ring("bulk", store_id, shop_id)
    return response


def _file(listing: Listing, kind: str, target: str) -> MediaFile:
    """Brought now, else chosen from what is here."""
    brought = request.files.get("brought")
    if brought is not None and brought.filename:
        if kind != "document":
            return files.keep(g.actor, kind, brought.filename, brought.stream)[0]
        name = attaching.requirement_names().get(target, "")
        if not name:
            raise Invalid("The category has no such requirement.")
        until = attaching.last_day(request.form.get("expires_on", ""))
        return documents.add(g.actor, brought.filename, brought.stream, [name], until)[0]
    chosen = number("file")
    if not chosen:
        raise Invalid("Choose a file first.")
    file = files.get(chosen)
    if file.kind != kind:
        raise Invalid("This file is of another kind.")
    return file


@listings.post(f"/{ID}/media/<kind>/remove")
def detach_media(listing_id: int, kind: str) -> Response:
    """The file goes with the listing no more."""
    if kind not in PARTS:
        raise NotFound("A listing has no such file.", "See the listing", f"/listings/{listing_id}")
    listing = service.get(listing_id)
    attaching.detach(g.actor, listing, number("file") or 0, request.form.get("target", ""))
    return saved(listing, PARTS[kind])


@listings.post(f"/{ID}/variant-images")
def save_variant_images(listing_id: int) -> Response:
    """Which option carries pictures, and which picture each of its values has."""
    listing = service.get(listing_id)
    form = request.form
    if form.get("reset"):
        values = None
    else:
        values = {"option": form.get("option", ""), "images": _chosen_pictures(form.get("option", ""))}
    service.set_fields(g.actor, listing, {"variant_images": values})
    return saved(listing, "images")


def _chosen_pictures(option: str) -> dict[str, str]:
    """The picture of each value of an option, by the number the form gave the option and the value."""
    form = request.form
    names = (name for name, offered in form.items() if name.startswith("offered-") and offered == option and option)
    place = next(names, "").removeprefix("offered-")
    return {
        value: form.get(f"picture-{place}-{index}", "") for index, value in enumerate(form.getlist(f"values-{place}"))
    }


@listings.get(f"/{ID}/pictures")
def pictures(listing_id: int) -> Response:
    """The pictures alone, while somebody looks at them."""
    data = panel.data(service.get(listing_id))
    asked = min((number("asked") or 0) + 1, PATIENCE)
    data |= {"looks_asked": asked, "unseen": data["unseen"] and asked < PATIENCE}
    return page("listings/listing.html", "listings/_images.html", **data)


@listings.get(f"/looks/<int(max={LARGEST}):look_id>")
def preview(look_id: int) -> Response:
    """A picture as it would be sent, small."""
    content = looks.preview(look_id)
    if not content:
        raise NotFound("There is no preview of this picture.", "See listings", url_for("listings.index"))
    return Response(content, mimetype="image/jpeg")
