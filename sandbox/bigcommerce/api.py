"""The blueprint of /stores/{hash}: everything an app's server calls. Endpoints register themselves here by import."""

from flask import Blueprint, Response, current_app, request

from sandbox.bigcommerce import gate
from sandbox.bigcommerce.refusals import Refusal, refuse

api = Blueprint("bigcommerce_api", __name__, url_prefix="/stores/<store_hash>")
api.before_request(gate.enter)
api.after_request(gate.leave)
METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH"]
api.register_error_handler(Refusal, refuse)


@api.before_request
def media_type() -> Response | None:
    """JSON is all there is."""
    if not request.accept_mimetypes or request.accept_mimetypes.accept_json:
        return None
    return refuse(Refusal(406, "Only application/json can be answered."))


@api.route("/<path:rest>", methods=METHODS)
def unknown(store_hash: str, rest: str) -> Response:
    """Whatever no endpoint takes: 405 when one takes the path by another method."""
    allowed = [method for method in METHODS if takes(method)]
    if not allowed:
        return refuse(Refusal(404, "The requested resource was not found."))
    answer = refuse(Refusal(405, f"{request.method} is not allowed here."))
    answer.headers["Allow"] = ", ".join(allowed)
    return answer


def takes(method: str) -> bool:
    endpoint, _ = current_app.url_map.bind("").match(request.path, method=method)
    return bool(endpoint != f"{api.name}.{unknown.__name__}")
