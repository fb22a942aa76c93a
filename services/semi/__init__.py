"""Semi-consignment: stores that TikTok runs beside a seller's local store. The platform's side is not documented, so
it is reached through an adapter; without one everything that needs it is off and says why."""

from clients.tiktok.semi_consignment import SemiConsignment
from models import SemiPair
from models.present import has_table
from services import setup
from services.errors import ServiceError
from services.platforms import Observe

WHERE = "/semi-consignment/"
OFF = (
    "TikTok documents no way for apps to publish to semi-consignment stores, so this stays off until whoever runs "
    "this app has put an adapter in place (SEMI_CONSIGNMENT_URL)."
)


class NotMigrated(ServiceError):
    """The tables come with a migration that has not run yet."""

    status = 503


class NoAdapter(ServiceError):
    """Nothing is configured that reaches TikTok for these stores."""


def ready() -> bool:
    """Whether the migration that brings the tables has run."""
    return has_table(SemiPair)


def demand() -> None:
    if not ready():
        text = "The database is being brought up to date; semi-consignment comes when that is done."
        raise NotMigrated(text, "Dashboard", "/")


def why_off() -> str:
    """Why nothing can be asked of TikTok for these stores; empty when it can."""
    return "" if setup.config().semi_consignment_url else OFF


def adapter(observe: Observe = None) -> SemiConsignment:
    """The client of what is configured; refused where nothing is."""
    if why := why_off():
        raise NoAdapter(why, "Semi-consignment", WHERE)
    config = setup.config()
    return SemiConsignment(setup.transport(), config.semi_consignment_url, config.semi_consignment_token, observe)
