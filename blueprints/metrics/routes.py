"""/metrics in Prometheus' text format, for whoever brings METRICS_TOKEN; without that setting there is no page."""

import hmac
from collections.abc import Iterator

import redis
from flask import Blueprint, Response, abort, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from jobs.launch import queues
from models import db
from services import measures, setup
from services.measures import Measure

metrics = Blueprint("metrics", __name__)


class Reading(Collector):
    """One scrape: what the database says, what Redis says, and which of the two answered."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        up: dict[tuple[str, ...], float] = {("database",): 1.0, ("redis",): 1.0}
        try:
            for measure in measures.read():
                yield family(measure)
        except SQLAlchemyError:
            db.session.rollback()
            up["database",] = 0.0
        try:
            for measure in queues():
                yield family(measure)
        except (redis.RedisError, OSError):
            up["redis",] = 0.0
        yield family(Measure("up", "Whether the part answers", ("part",), up))


def family(measure: Measure) -> GaugeMetricFamily:
    found = GaugeMetricFamily(f"causeway_{measure.name}", measure.help, labels=measure.labels)
    for labels, value in sorted(measure.values.items()):
        found.add_metric(list(labels), value)
    return found


@metrics.get("/metrics")
def show() -> Response:
    wanted = setup.config().metrics_token
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    if not wanted:
        abort(404)
    if kind.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), wanted.encode()):
        return Response("The metrics token is missing or wrong.\n", 401, {"WWW-Authenticate": "Bearer"})
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Reading())
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
