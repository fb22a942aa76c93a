"""The blueprint of Returns and what its pages share."""

from flask import Blueprint

from blueprints.limits import BULK, IMPORT, LIMITS, SEARCH
from blueprints.places import register
from domain.roles import SEE, SEND, Page
from models import AfterSale
from models.present import has_table
from services.errors import ServiceError

returns = Blueprint("returns", __name__, url_prefix="/s/<store_hash>/returns")
LARGEST = 2**63 - 1
WAITS = ServiceError("Returns are being prepared: the database is being brought up to date. Try again in a minute.")
WAITS.status = 503

register(
    {
        "returns.answer": (Page.RETURNS, SEND),
        "returns.ask": (Page.RETURNS, SEND),
        "returns.begin": (Page.RETURNS, SEND),
        "returns.restock": (Page.RETURNS, SEND),
        "returns.refund_again": (Page.RETURNS, SEND),
        "returns.of_order": (Page.RETURNS, SEE),
        "return_settings.show": (Page.SETTINGS, SEE),
    }
)
LIMITS.update(
    {
        "returns.index": (SEARCH,),
        "returns.sync": (IMPORT,),
        "returns.start_import": (IMPORT,),
        "returns.answer": (BULK,),
        "returns.ask": (BULK,),
        "returns.begin": (BULK,),
    }
)


@returns.before_request
def present() -> None:
    """New code may meet a database whose migration is still to come."""
    if not has_table(AfterSale):
        raise WAITS
