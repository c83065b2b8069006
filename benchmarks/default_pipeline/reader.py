"""Loads a model and reads messages with it; runs under either side's Python and therefore imports nothing of ours.

    python -P reader.py MODEL

Says one line of JSON when the model is loaded, then one for each line of standard input (a JSON string): what Rasa
parsed, and the milliseconds that it took by the clock and of the processor. What Rasa prints goes to standard error.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import time
import warnings
from typing import TextIO


def main() -> None:
    """Load, say so, answer until standard input ends."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    import structlog
    from rasa.core.agent import Agent

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    agent = Agent.load(sys.argv[1])
    if not agent.is_ready():
        sys.exit(f"no model at {sys.argv[1]}")
    _say(out, {"ready": True})
    asyncio.run(_answer(agent, out))


async def _answer(agent: object, out: TextIO) -> None:
    for line in sys.stdin:
        began_at, began_processor = time.perf_counter(), time.process_time()
        parsed = await agent.parse_message(json.loads(line))  # type: ignore[attr-defined]
        ended_at, ended_processor = time.perf_counter(), time.process_time()
        kept = {key: parsed.get(key) for key in ("intent", "intent_ranking", "response_selector")}
        times = {"ms": 1000 * (ended_at - began_at), "processor_ms": 1000 * (ended_processor - began_processor)}
        _say(out, kept | times)


def _say(out: TextIO, what: dict[str, object]) -> None:
    out.write(json.dumps(what, default=float) + "\n")  # numpy's numbers are no JSON
    out.flush()


if __name__ == "__main__":
    main()
