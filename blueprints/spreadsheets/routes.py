"""Files: made by an export, brought for an import, looked at before they are applied."""

from typing import Any

from flask import Blueprint, Response, g, request, url_for

from blueprints.guard import accepts
from blueprints.page import done, page
from blueprints.spreadsheets import choosing
from jobs.launch import launch
from models import Sheet, db
from services import activities
from services.errors import Invalid, NotFound
from services.spreadsheets import archive, exports, files, imports
from services.spreadsheets.registry import KINDS
from services.spreadsheets.writing import MIME

spreadsheets = Blueprint("spreadsheets", __name__, url_prefix="/s/<store_hash>/spreadsheets")
PAGE = 50
FORM = 64 * 1024  # what surrounds the file
# state -> (word, tone)
STATES = {
    "making": ("Being made", "primary"),
    "ready": ("Ready", "success"),
    "reading": ("Being read", "primary"),
    "compared": ("Not applied", "warning"),
    "applying": ("Being applied", "primary"),
    "applied": ("Applied", "success"),
    "undoing": ("Being taken back", "primary"),
    "undone": ("Taken back", "secondary"),
    "refused": ("Refused", "danger"),
}


@spreadsheets.get("/")
def index() -> Response:
    """What can be exported and imported, and the files of the last days."""
    ready = files.ready()
    return page(
        "spreadsheets/index.html",
        active="",
        ready=ready,
        kinds=list(KINDS.values()),
        wanted=request.args.get("kind", ""),
        recent=files.recent() if ready else [],
        states=STATES,
        days=files.DAYS,
        largest=archive.LARGEST // archive.MIB,
    )


@spreadsheets.get("/choose")
def choose() -> Response:
    """What to export of the rows selected in a list."""
    source = request.args.get("from", "")
    given = choosing.given(source)
    kinds = [kind for kind in KINDS.values() if choosing.fits(kind, source)]
    return page("spreadsheets/choose.html", "spreadsheets/_choose.html", active=source, given=given, kinds=kinds)


@spreadsheets.post("/export")
def export() -> Response:
    """Of everything, or of the rows that a list's selection names."""
    kind = KINDS.get(request.form.get("kind", ""))
    details = choosing.chosen(kind) if kind else {}
    sheet, activity = exports.start(
        g.actor, choosing.shop(), request.form.get("kind", ""), request.form.get("format", "xlsx"), details
    )
    where = url_for("spreadsheets.show", sheet_key=sheet.key)
    launch(activity)
    return done(where, toast="The file is being made.", tone="info")


@spreadsheets.post("/import")
@accepts(archive.LARGEST + FORM)
def bring() -> Response:
    """Takes a file; nothing is changed before it was looked at."""
    given = request.files.get("file")
    if given is None or not given.filename:
        raise Invalid("Choose a file first.", "Back to spreadsheets", "/spreadsheets/")
    body = given.stream.read(archive.LARGEST + 1)
    name = given.filename.replace("\0", "").replace("\\", "/").rpartition("/")[2]
    sheet, activity = imports.receive(g.actor, choosing.shop(), request.form.get("kind", ""), name, body)
    where = url_for("spreadsheets.show", sheet_key=sheet.key)
    launch(activity)
    return done(where, toast="The file is being read. Nothing is changed yet.", tone="info")


@spreadsheets.get("/<sheet_key>")
def show(sheet_key: str) -> Response:
    """One file: what it is, what it would change, what cannot be read."""
    return page("spreadsheets/show.html", "spreadsheets/_sheet.html", **sheet_data(files.get(sheet_key)))


def sheet_data(sheet: Sheet) -> dict[str, Any]:
    """What `_sheet.html` shows."""
    after = request.args.get("after", "")
    number = int(after) if after.isascii() and after.isdigit() and len(after) < 9 else 0
    faulty = request.args.get("show", "errors" if sheet.faulty else "") == "errors" and bool(sheet.faulty)
    listed = sheet.is_import and sheet.state not in ("reading", "refused")
    rows = list(imports.rows(sheet, faulty=faulty, after=number, limit=PAGE + 1)) if listed else []
    more = len(rows) > PAGE
    shown: dict[str, Any] = {"show": "errors" if faulty else "changes"}
    here = url_for("spreadsheets.show", sheet_key=sheet.key)
    return {
        "active": "",
        "sheet": sheet,
        "kind": files.kind_of(sheet),
        "word": STATES[sheet.state],
        "over": sheet.state in files.OVER,
        "activity": activities.get(sheet.activity_id) if sheet.activity_id else None,
        "rows": rows[:PAGE],
        "faulty": faulty,
        "next_url": url_for("spreadsheets.show", sheet_key=sheet.key, after=rows[PAGE - 1].number, **shown)
        if more
        else "",
        "first_url": url_for("spreadsheets.show", sheet_key=sheet.key, **shown) if number else "",
        "here": here,
        "letters": imports.LETTERS,
        "shop_name": next((shop.name for shop in g.shops if shop.id == sheet.shop_id), ""),
        "days": files.DAYS,
    }


@spreadsheets.get("/<sheet_key>/file")
def download(sheet_key: str) -> Response:
    """The file itself, piece by piece; an address of a week, for people of this store."""
    sheet = files.get(sheet_key)
    if sheet.state in ("making",) or not sheet.size:
        raise NotFound("There is no file yet.", "See the file", f"/spreadsheets/{sheet.key}")
    answer = Response(b"".join(files.pieces(sheet, files.FILE)), mimetype=MIME[sheet.format])
    answer.headers["Content-Disposition"] = "attachment"
    answer.headers.set("Content-Disposition", "attachment", filename=sheet.name)
    return answer


@spreadsheets.post("/<sheet_key>/apply")
def apply(sheet_key: str) -> Response:
    return _moved(files.get(sheet_key), undo=False)


@spreadsheets.post("/<sheet_key>/undo")
def undo(sheet_key: str) -> Response:
    return _moved(files.get(sheet_key), undo=True)


def _moved(sheet: Sheet, *, undo: bool) -> Response:
    activity = imports.start_apply(g.actor, sheet, undo=undo)
    where = url_for("spreadsheets.show", sheet_key=sheet.key)
    launch(activity)
    return done(where, toast="Being taken back." if undo else "Being applied.", tone="info")


@spreadsheets.post("/<sheet_key>/again")
def again(sheet_key: str) -> Response:
    """Compares once more with what is there now."""
    sheet = files.get(sheet_key)
    activity = imports.again(g.actor, sheet)
    where = url_for("spreadsheets.show", sheet_key=sheet.key)
    launch(activity)
    return done(where)


@spreadsheets.post("/<sheet_key>/remove")
def remove(sheet_key: str) -> Response:
    """Takes a file away before its days are over."""
    files.remove(files.get(sheet_key))
    db.session.commit()
    return done(url_for("spreadsheets.index"), toast="The file is gone.", tone="info")
