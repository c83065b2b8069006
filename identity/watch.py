"""Watches our RP certificate while a process runs: one that was started in spring must still warn in autumn."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from foundation.clock import Clock
from identity.config import ClientConfig
from identity.errors import CertificateUnusableError
from identity.production import warnings

log = logging.getLogger(__name__)

DAY_S: Final = 24 * 3600.0


async def watch_certificate(
    client: ClientConfig, *, clock: Clock, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> None:
    """Log what an operator must hear about the certificate, now and once a day, until cancelled.

    The file is read anew each day: a renewed certificate that lies there already ends the warning, and the process goes
    on with the old one until it is started again.
    """
    while client.certificate is not None:
        try:
            for warning in warnings(client, now=clock()):
                log.warning("%s", warning)
        except CertificateUnusableError as error:
            log.error("%s", error)  # noqa: TRY400 - the message says it all; a traceback would name the file's content
        await sleep(DAY_S)
