"""The connection doctor: what it found last, and running it again."""

from flask import Blueprint, Response, g, request, url_for

from blueprints.headers import origin
from blueprints.page import done, page
from blueprints.places import register
from domain.roles import SEE, SEND, Page
from models import db
from services import setup, shops
from services.doctor import examination, report
from services.doctor.build import build
from services.people import audit

doctor = Blueprint("doctor", __name__, url_prefix="/s/<store_hash>/doctor")
register({"doctor.run": (Page.AUTHORIZATION, SEE), "doctor.webhooks": (Page.AUTHORIZATION, SEND)})


@doctor.get("/")
def index() -> Response:
    last = report.last()
    config = setup.config()
    callback = f"{config.app_url.rstrip('/')}/tiktok/callback"
    hooks = f"{(config.hooks_url or config.app_url).rstrip('/')}/hooks/tiktok"
    return page(
        "doctor/index.html", active="settings", place="doctor", report=last, callback=callback, hooks=hooks,
        build=build(), shops_by_name={shop.name: shop for shop in g.shops},
    )  # fmt: skip


@doctor.post("/")
def run() -> Response:
    """Asks both platforms; a few seconds."""
    patient = examination.prepare(g.store, g.shops)
    db.session.commit()  # no transaction is open while the platforms answer
    answers = examination.ask(patient)
    here = origin(request.host_url)
    findings = examination.record(g.actor, g.store, answers, patient, here)
    report.keep(g.actor, findings)
    wrong = sum(one.level != "ok" for one in findings)
    audit.note(g.actor, "doctor.run", f"The connection doctor found {wrong} of {len(findings)} checks wrong.")
    response = done(
        url_for("doctor.index", shop=None), toast=f"{wrong} of {len(findings)} checks need you.", tone="info"
    )
    db.session.commit()
    return response


@doctor.post("/<int:shop_id>/webhooks")
def webhooks(shop_id: int) -> Response:
    registrar = report.prepare_webhooks(g.actor, shops.get(shop_id))
    db.session.commit()
    text = report.register_webhooks(registrar)
    return done(url_for("doctor.index", shop=None), toast=f"{text} Run the doctor again to see.", tone="info")
