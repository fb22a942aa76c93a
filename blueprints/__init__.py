"""The pages. Each area is a package with a blueprint; `install` is the one place that lists them."""

from flask import Blueprint, Flask
from htmx_flask import Htmx
from werkzeug.middleware.proxy_fix import ProxyFix

from blueprints import errors, guard, headers, layout
from blueprints.activities.routes import activities
from blueprints.adoption import adoption
from blueprints.dashboard.routes import dashboard
from blueprints.doctor.routes import doctor
from blueprints.documents.routes import documents_area
from blueprints.entry.routes import entry
from blueprints.finance.routes import finance
from blueprints.global_store import global_store
from blueprints.guide.routes import guide
from blueprints.health.routes import health
from blueprints.hooks.routes import hooks
from blueprints.late_rules import LateRule
from blueprints.listings import listings
from blueprints.metrics.routes import metrics
from blueprints.notices.mail import notices
from blueprints.orders import order_settings, orders
from blueprints.people.routes import people_area
from blueprints.prices import prices
from blueprints.products.routes import products
from blueprints.profiles import profiles_area
from blueprints.returns import return_settings, returns
from blueprints.semi_consignment import semi_consignment
from blueprints.settings.authorization import authorization_area
from blueprints.settings.file_pages import settings_file
from blueprints.settings.remap_pages import remap_area
from blueprints.settings.routes import settings_area
from blueprints.settings.shipping import shipping_settings
from blueprints.spreadsheets.categories import categories
from blueprints.spreadsheets.routes import spreadsheets
from blueprints.spreadsheets.tags import tags
from blueprints.stock import stock
from blueprints.sync import sync
from blueprints.tiktok.routes import callback, tiktok
from blueprints.views.routes import views
from blueprints.wizard.routes import wizard_area
from config import Config
from services import logs

AREAS: tuple[Blueprint, ...] = (
    health,
    metrics,
    entry,
    callback,
    hooks,
    wizard_area,
    dashboard,
    activities,
    products,
    listings,
    documents_area,
    adoption,
    profiles_area,
    semi_consignment,
    global_store,
    stock,
    sync,
    prices,
    orders,
    order_settings,
    shipping_settings,
    finance,
    returns,
    return_settings,
    spreadsheets,
    categories,
    tags,
    views,
    settings_area,
    authorization_area,
    remap_area,
    settings_file,
    people_area,
    doctor,
    tiktok,
    notices,
    guide,
)


def install(app: Flask, config: Config) -> None:
    """Registers every page and what surrounds them: sessions, headers, error pages."""
    logs.configure(config.development)
    if config.proxy_hops:
        hops = config.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    Htmx(app)
    headers.install(app, config)
    guard.install(app, config)
    layout.install(app)
    errors.install(app)
    app.url_rule_class = LateRule
    for area in AREAS:
        app.register_blueprint(area)
