"""Documents: brought, tagged with what they meet, dated, attached wherever one is missing."""

from typing import Any

from flask import Blueprint, Response, g, request, url_for

from blueprints.guard import accepts
from blueprints.listings.papers import EXPIRY
from blueprints.listings.selection import LARGEST, key
from blueprints.page import done, page
from jobs.launch import ring, ring_job
from models import MediaFile, Shop, db
from services.errors import Invalid, NotFound
from services.media import attaching, content, documents, files, uploads

documents_area = Blueprint("documents", __name__, url_prefix="/s/<store_hash>/documents")
ID = f"<int(max={LARGEST}):file_id>"
FORM = 64 * 1024


@documents_area.get("/")
def index() -> Response:
    """The documents, and what listings wait for."""
    return page("documents/index.html", "documents/_list.html", **index_data())


def index_data(**more: Any) -> dict[str, Any]:
    ready = files.ready()
    rows = files.listed("document") if ready else []
    shops = {str(shop.id): shop for shop in g.shops}
    chosen = g.shop.id if g.shop else None
    wanted = [
        (name, shops[shop_id], target, count)
        for name, shop_id, target, count in (attaching.wanting(chosen) if ready else [])
        if shop_id in shops
    ]
    return {
        "active": "listings",
        "ready": ready,
        "rows": rows,
        "uses": files.uses([row.id for row in rows]),
        "wanted": wanted,
        "states": EXPIRY,
        "kinds": documents.kinds() if ready else [],
        "largest": content.DOCUMENT_MAX // content.MIB,
        "asked_for": request.args.get("for", "")[:120],
        "error": "",
        "typed": {},
        **more,
    }


@documents_area.post("/")
@accepts(content.DOCUMENT_MAX + FORM)
def add() -> Response:
    """A new document."""
    brought, form = request.files.get("brought"), request.form
    try:
        if brought is None or not brought.filename:
            raise Invalid("Choose a file first.")
        file, already = documents.add(
            g.actor,
            brought.filename,
            brought.stream,
            _tags(),
            attaching.last_day(form.get("expires_on", "")),
            covers_all=form.get("covers") == "all",
            note=form.get("note", ""),
        )
    except Invalid as wrong:
        db.session.rollback()
        return page("documents/index.html", status=422, **index_data(error=wrong.text, typed=form))
    text = "This file was here already; what you said about it was added." if already else "The document is here."
    response = done(url_for("documents.show", file_id=file.id), toast=text)
    _commit()
    return response


def _tags() -> list[str]:
    own = [text for text in request.form.get("other", "").split("\n") if text.strip()]
    return [*request.form.getlist("requirement"), *own]


def _commit(shop: Shop | None = None) -> None:
    """Ends the request; workers recheck listings and upload files."""
    store_id, shop_id = g.actor.store_id, shop.id if shop else None
    db.session.commit()
    ring_job("bulk", "jobs.rechecks.run", store_id)
    if shop_id:
        ring("bulk", store_id, shop_id)


@documents_area.get(f"/{ID}")
def show(file_id: int) -> Response:
    """One document: what is said about it, and the listings it could go with."""
    return page("documents/show.html", "documents/_document.html", **show_data(document(file_id)))


def document(file_id: int) -> MediaFile:
    file = files.get(file_id)
    if file.kind != "document":
        raise NotFound("This document does not exist.", "See documents", "/documents/")
    return file


def show_data(file: MediaFile, **more: Any) -> dict[str, Any]:
    missing = index_data()["wanted"]
    return {
        "active": "listings",
        "file": file,
        "state": EXPIRY[file.expiry],
        "used": files.uses([file.id]).get(file.id, 0),
        "kinds": documents.clean_many([*map(str, file.requirements), *documents.kinds()]),
        "fitting": [row for row in missing if documents.clean_tags([*file.requirements, row[0]]) == file.requirements],
        "error": "",
        **more,
    }


@documents_area.post(f"/{ID}")
def change(file_id: int) -> Response:
    """What it meets, until when, and whether it goes with every listing that asks for it."""
    file, form = document(file_id), request.form
    try:
        count = documents.change(
            g.actor,
            file,
            _tags(),
            attaching.last_day(form.get("expires_on", "")),
            covers_all=form.get("covers") == "all",
            shop_id=None,
            note=form.get("note", ""),
        )
    except Invalid as wrong:
        db.session.rollback()
        return page("documents/show.html", status=422, **show_data(document(file_id), error=wrong.text))
    if form.get("again"):
        uploads.again(file)
    toast = f"Saved. {count:,} {'listing is' if count == 1 else 'listings are'} rechecked." if count else "Saved."
    response = done(url_for("documents.show", file_id=file_id), toast=toast)
    _commit()
    return response


@documents_area.post(f"/{ID}/attach")
def attach(file_id: int) -> Response:
    """To every listing of a shop that waits for this requirement."""
    file = document(file_id)
    shop = next((one for one in g.shops if one.id == key(request.form.get("shop", ""))), None)
    if shop is None:
        raise NotFound("This shop does not exist.", "See documents", "/documents/")
    target = request.form.get("certification", "")
    count = attaching.attach_missing(g.actor, shop, file, target)
    uploads.order(shop, [file.id])
    text = f"Attached to {count:,} {'listing' if count == 1 else 'listings'}; they are being rechecked."
    response = done(
        url_for("documents.show", file_id=file_id), toast=text if count else "No listing waits for it any more."
    )
    _commit(shop)
    return response


@documents_area.post(f"/{ID}/remove")
def remove(file_id: int) -> Response:
    """Takes a document away that no listing uses."""
    documents.remove(g.actor, document(file_id))
    response = done(url_for("documents.index"), toast="The document is gone.", tone="info")
    _commit()
    return response


@documents_area.get(f"/{ID}/file")
def download(file_id: int) -> Response:
    """The file itself, never shown inside the app."""
    file = files.get(file_id)
    answer = Response(files.body(file.id), mimetype="application/octet-stream")
    answer.headers.set("Content-Disposition", "attachment", filename=file.name)
    return answer
