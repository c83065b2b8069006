"""Runs ``action_submit_request`` as the action server does, and dies of SIGKILL where it is told to.

Arguments: where to die (``before`` the case system is asked, ``after`` it has answered, or ``never``), and the
conversation. The confirmed request comes as JSON on standard input.
"""

import asyncio
import json
import os
import signal
import sys
from dataclasses import dataclass, replace
from typing import Any

from actions import composition
from actions.clients.cases import CaseDraft, CaseReceipt
from actions.submission import ActionSubmitRequest
from tests.actions.fakes import run, tracker_with


@dataclass
class DyingCases:
    """The case system's client, beside which the process dies."""

    client: Any
    point: str

    async def register(self, draft: CaseDraft) -> CaseReceipt:
        if self.point == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        receipt: CaseReceipt = await self.client.register(draft)
        if self.point == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        return receipt


async def main(point: str, conversation_id: str) -> None:
    services = composition.services()
    services = replace(services, cases=DyingCases(services.cases, point))
    tracker = tracker_with(
        intent="EXTERNAL_identification_completed", entities={}, confirmed_request=json.load(sys.stdin)
    )
    tracker.sender_id = conversation_id
    messages, _ = await run(ActionSubmitRequest(services), tracker)
    json.dump([message["response"] for message in messages], sys.stdout)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
