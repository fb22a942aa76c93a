"""The blueprint of the Listings pages; the modules of this package add their routes to it."""

from flask import Blueprint

listings = Blueprint("listings", __name__, url_prefix="/s/<store_hash>/listings")
