"""A worker process for one queue: `python -m jobs.worker live` or `bulk`. The app is imported before RQ forks, so a job
costs milliseconds; one queue a process, because RQ loses jobs under kill -9 with two. A drain has neighbours beside
it."""

import contextlib
import logging
import os
import signal
import sys
import time

import redis
from flask import Flask
from rq import Queue, Worker
from rq.job import Job
from rq.serializers import JSONSerializer

from app import create_app
from jobs import launch, neighbours
from jobs.pulse import Pulse
from jobs.setup import connect

log = logging.getLogger("causeway.worker")
QUEUES = ("live", "bulk")
BEGIN_SECONDS = 20.0  # a job that has not begun by then hangs: its process was forked while a lock was held
begun = Pulse()
app: Flask | None = None


class ContextJob(Job):
    """Runs its function inside the app's context."""

    def perform(self) -> object:
        begun.beat()
        if app is None:
            raise RuntimeError("A job ran in a process that is no worker.")
        with app.app_context():
            if self.func_name != launch.DRAIN:
                return super().perform()
            queue, store_id, shop_id = self.args
            with neighbours.beside(app, (queue, store_id, shop_id)):
                return super().perform()


class ContextQueue(Queue):
    job_class = ContextJob


class CausewayWorker(Worker):
    """RQ's worker with our job class and short supervision times."""

    job_class = ContextJob
    queue_class = ContextQueue
    max_connection_wait_time = 3.0  # Redis is looked for every few seconds, however long it was away

    def fork_work_horse(self, job: Job, queue: Queue) -> None:
        begun.reset()
        super().fork_work_horse(job, queue)

    def maintain_heartbeats(self, job: Job) -> None:
        """Called every few seconds while a job runs; ends one that never came to its first line."""
        super().maintain_heartbeats(job)
        if not begun.beaten and self.current_job_working_time > BEGIN_SECONDS:
            log.error("The process of %s never began; it is ended.", job.description)
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.horse_pid, signal.SIGKILL)  # not its group, which is still ours

    def setup_work_horse_signals(self) -> None:
        """A job is not cut off by SIGTERM; a drain listens to it and leaves at its next stop (a deploy)."""
        super().setup_work_horse_signals()  # type: ignore[no-untyped-call]
        signal.signal(signal.SIGTERM, signal.SIG_IGN)

    def handle_warm_shutdown_request(self) -> None:
        """The job in hand runs in a process group of its own, so it has to be told."""
        super().handle_warm_shutdown_request()  # type: ignore[no-untyped-call]
        if self.horse_pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.horse_pid, signal.SIGTERM)


def main(queue: str) -> None:
    global app
    app = create_app()
    config = app.extensions["config"]
    connection = connect(config.redis_url, socket_timeout=60)
    while True:
        try:
            connection.ping()
            break
        except redis.RedisError:
            time.sleep(0.5)
    worker = CausewayWorker(
        [ContextQueue(queue, connection=connection, serializer=JSONSerializer)],
        connection=connection,
        serializer=JSONSerializer,
        worker_ttl=30,
        maintenance_interval=10,
        job_monitoring_interval=5,
        log_job_description=False,
    )
    worker.work(logging_level="WARNING")


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in QUEUES:
        sys.exit(f"usage: python -m jobs.worker {'|'.join(QUEUES)}")
    # `python -m` runs this file as __main__; RQ finds the job class under its real name.
    from jobs import worker

    worker.main(sys.argv[1])
