"""Logs: JSON lines in production, readable text in development; each line knows its request, store, shop, activity."""

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "[hidden]"
SECRET_NAME = re.compile(
    r"token|secret|password|passwd|^authorization$|cookie|signature|^sign$|cipher|api_?key|app_?key|signed_payload|encryption",
    re.IGNORECASE,
)
# Values that give themselves away wherever they stand: JWTs, Fernet texts, credentials in addresses and queries.
SECRET_TEXT = re.compile(
    r"eyJ[\w-]{8,}\.[\w-]+\.[\w-]*"
    r"|gAAAA[\w=-]{20,}"
    r"|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"
    r"|(?<=access_token=)[^&\s\"']+|(?<=refresh_token=)[^&\s\"']+|(?<=app_secret=)[^&\s\"']+|(?<=client_secret=)[^&\s\"']+"
    r"|(?<=signed_payload_jwt=)[^&\s\"']+|(?<=[?&]code=)[^&\s\"']+|(?<=[?&]sign=)[^&\s\"']+"
)


class OurHandler(logging.StreamHandler[TextIO]):
    """Told apart from handlers of others, so that configuring twice writes each line once."""


def hide(value: Any, name: str = "") -> Any:
    """The value without secrets, by its name and by its look."""
    if name and SECRET_NAME.search(name) and value not in (None, ""):
        return HIDDEN
    if isinstance(value, str):
        return SECRET_TEXT.sub(HIDDEN, value)
    if isinstance(value, Mapping):
        return {key: hide(item, str(key)) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [hide(item) for item in value]
    return value


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The structlog processor that lets no secret through; it runs after tracebacks were written out."""
    return {key: hide(value, key) for key, value in event.items()}


def configure(development: bool, level: int = logging.INFO) -> None:
    """Once per process. The standard library's loggers come out of the same pipe."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact,
    ]
    last: Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
        if development
        else structlog.processors.JSONRenderer()
    )
    handler = OurHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last]
        )
    )
    root = logging.getLogger()
    for old in [each for each in root.handlers if isinstance(each, OurHandler)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for noisy in ("urllib3", "alembic", "rq"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def bind(**names: Any) -> None:
    """Adds facts to every later line of this request or job: request, store, shop, activity."""
    structlog.contextvars.bind_contextvars(**{key: value for key, value in names.items() if value is not None})


def forget() -> None:
    structlog.contextvars.clear_contextvars()


def logger(name: str) -> structlog.stdlib.BoundLogger:
    log: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return log
