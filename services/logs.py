"""One way to log: structured, one event a line whatever it contains, UTC."""

import logging
import sys

import structlog

CHATTY = {
    "alembic": logging.WARNING,
    "httpx": logging.WARNING,
    "uvicorn.error": logging.WARNING,  # it names a page's id, which is a credential
    "pypdf": logging.CRITICAL,  # what is wrong with a PDF is ours to say, in one sentence
}

# The standard library's loggers, ours and others', come out in the same form.
_SHARED: tuple[structlog.typing.Processor, ...] = (
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
)


def configure(form: str = "text") -> None:
    """Everything is logged to stderr from now on, as text or as JSON."""
    json = form == "json"
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if json
        # Never the values of variables, as rich would have it where it happens to be installed: secrets are among them,
        # and to lay them out takes so long that whoever else has something to log, the event loop too, stands still.
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), pad_event_to=0, exception_formatter=structlog.dev.plain_traceback
        )
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *([structlog.processors.format_exc_info] if json else []),
            _one_line,
            renderer,
        ],
    )
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    for chatty, level in CHATTY.items():
        logging.getLogger(chatty).setLevel(level)
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _one_line(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """No value can forge a line or drive a terminal: control characters are written out."""
    return {name: _printable(value) if name != "exception" else value for name, value in event.items()}


def _printable(value: object) -> object:
    if isinstance(value, str) and not value.isprintable():
        return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in value)
    return value
