"""The SQL of one registration, as pgbench can run it."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime
from typing import Any, Final

import psycopg

from cases import registration
from cases.drafts import ASSISTANT, CaseDraft, Channel, Evidence, IdentificationMethod, Identity
from cases.recording import event_values, message_values
from cases.storage import registering
from cases.storage.sealing import Sealer
from insyn.settings import Settings
from privacy.calendar import WorkingCalendar
from privacy.references import new_case_reference
from privacy.request_types import IdentityLevel, RequestType

_UUID: Final = re.compile(r"'[0-9a-f]{32}'::uuid")
"""Of a message: each run needs one of its own."""


def registration_script(connection: psycopg.Connection[Any]) -> str:
    """Return the statement by which the service registers a case, with its values written out.

    The reference is made of pgbench's random number, so that each run is a case of its own.
    """
    draft, sealer = _draft(), Sealer(Settings(_env_file=None).key_ring())
    deadline = registration.first_deadline(draft, WorkingCalendar()).deadline
    event = registration.first_event(draft, deadline, actor=ASSISTANT, now=draft.received_at)
    values = registering.parameters(
        registration.case_values(draft, deadline, event, sealer=sealer),
        evidence_sealed=registration.sealed_evidence(draft, sealer=sealer),
        event=event_values(event),
        message=message_values(event),
    )
    written = psycopg.ClientCursor(connection).mogrify(registering.sql(), values).replace("\n", " ")
    written = _UUID.sub("gen_random_uuid()", written).replace(f"'{draft.reference}'", "'AR-' || :number")
    return f"\\set number random(1, 9000000000000000)\n{written};\n"


def _draft() -> CaseDraft:
    at = datetime(2026, 3, 5, 9, 12, tzinfo=UTC)
    return CaseDraft(
        reference=new_case_reference(random.SystemRandom()),
        request_type=RequestType.ACCESS,
        received_at=at,
        channel=Channel.CHAT,
        details={"scope": "Allt ni har om mig"},
        contact_email="karl@example.se",
        identity=Identity(
            IdentityLevel.STRONG,
            IdentificationMethod.BANKID,
            personal_identity_number="199908072391",
            name="Karl Karlsson",
            verified_at=at,
            evidence=Evidence("Jag begär tillgång", "{}", "c2lnbmF0dXJl" * 600, "b2NzcA==" * 200),
        ),
    )
