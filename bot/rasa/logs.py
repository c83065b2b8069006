"""Keeps what people write out of Rasa's logs (invariant 6).

Rasa logs messages, slots and whole trackers at debug level, some of it at warning, and with an exception the values
that led to it. It is frozen at 3.6.21, so file and line say which message it would have been: that, the level and the
kinds of the exceptions are all that is let through. What ``bot`` itself logs stays as written; its exceptions are cut
too.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Final, TextIO

OURS: Final = "bot"

log = logging.getLogger(__name__)


def say_no_more() -> None:
    """Reduce every record of this process from now on, whoever logs it and at whatever level; no debug at all.

    Call it when the server has started: what is said before concerns nobody's words, and helps to find out why it did
    not.
    """
    logging.disable(logging.DEBUG)
    logging.setLogRecordFactory(_reduced)
    warnings.showwarning = _show_warning
    sys.excepthook = _report
    threading.excepthook = lambda raised: _report(raised.exc_type, raised.exc_value, raised.exc_traceback)


def kinds(error: BaseException | None) -> str:
    """Return the kinds of an exception and of its causes, with the places they were raised, and no message."""
    return " from ".join(f"{type(link).__name__} at {_place(link)}" for link in _chain(error))


def _reduced(
    name: str,
    level: int,
    path: str,
    line: int,
    message: object,
    arguments: Any,
    raised: Any,
    function: str | None = None,
    stack: str | None = None,
    **more: Any,
) -> logging.LogRecord:
    del stack
    if name.partition(".")[0] != OURS:
        message, arguments = f"{Path(path).name}:{line} in {function}", ()
    error = raised[1] if isinstance(raised, tuple) else raised
    if isinstance(error, BaseException):
        message, arguments = (_formatted(message, arguments) + ": " + kinds(error)), ()
    return logging.LogRecord(name, level, path, line, message, arguments, None, function, None, **more)


def _formatted(message: object, arguments: Any) -> str:
    return str(message) % arguments if arguments else str(message)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Say where a warning came from; Rasa's repeat the message that they warn of."""
    del message, file, line
    log.warning("%s at %s:%d", category.__name__, Path(filename).name, lineno)


def _report(kind: type[BaseException], error: BaseException | None, where: TracebackType | None) -> None:
    del where
    log.critical("uncaught %s: %s", kind.__name__, kinds(error))
