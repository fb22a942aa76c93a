"""The blueprint of /stores/{hash}: everything an app's server calls. Endpoints register themselves here by import."""

from flask import Blueprint, Response

from sandbox.bigcommerce import gate
from sandbox.bigcommerce.refusals import Refusal, refuse

api = Blueprint("bigcommerce_api", __name__, url_prefix="/stores/<store_hash>")
api.before_request(gate.enter)
api.after_request(gate.leave)
api.register_error_handler(Refusal, refuse)


@api.route("/<path:rest>", methods=["GET", "POST", "PUT", "DELETE"])
def unknown(store_hash: str, rest: str) -> Response:
    """Whatever no endpoint takes."""
    return refuse(Refusal(404, "The requested resource was not found."))
