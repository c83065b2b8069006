"""Puts one of everything personal into the database, by the services that do it in earnest."""

import json
from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import text

from bot.rasa.tracker_store import PostgresTrackerStore
from bot.store import ConversationStore, Draft, Offer
from bot.tables import ConversationRow, SessionRow
from cases.drafts import (
    Actor,
    CaseDraft,
    Channel,
    Evidence,
    IdentificationMethod,
    Identity,
    MarketingBlockDraft,
    MarketingChannel,
)
from cases.files.service import CaseFiles
from cases.service import CaseService
from foundation.database import Sessions
from foundation.encryption import KeyRing
from identity.tables import IdentificationOrderRow, IdentificationRow
from identity.vault import Completion, OrderSecrets, Vault
from privacy.calendar import WorkingCalendar
from privacy.case_states import CaseStatus
from privacy.request_types import IdentityLevel, RequestType

OFFICER = Actor.officer("4")
NUMBER = "199908072391"
SECRETS = (
    NUMBER,
    "Testsson",
    "Storgatan",
    "karl@example.se",
    "spärra.mig",
    "hunden Bosse",
    "198.51.100.7",
    "c2lnbmF0dXI",
    "hemlig.txt",
)
"""What stands in what is put in, and may nowhere be read without the keys."""


class Everything:
    """Fills the database with one visitor's traces."""

    def __init__(self, sessions: Sessions, key_ring: KeyRing, clock) -> None:
        self.sessions, self.key_ring, self.clock = sessions, key_ring, clock
        parts = {"key_ring": key_ring, "clock": clock}
        self.cases = CaseService(sessions, calendar=WorkingCalendar(), **parts)
        self.files = CaseFiles(sessions, **parts)
        self.chat = ConversationStore(key_ring)
        self.vault = Vault(key_ring)

    async def case(self, reference: str, conversation_id: str) -> None:
        """A signed request with a note, an extension, a file, and a block of marketing."""
        at = self.clock()
        draft = CaseDraft(
            reference=reference,
            request_type=RequestType.ACCESS,
            received_at=at,
            channel=Channel.CHAT,
            conversation_id=UUID(conversation_id),
            details={"scope": "Allt om hunden Bosse på Storgatan 1"},
            contact_email="karl@example.se",
            identity=Identity(
                IdentityLevel.STRONG,
                IdentificationMethod.BANKID,
                personal_identity_number=NUMBER,
                name="Karl Testsson",
                verified_at=at,
                evidence=Evidence("Jag, Karl Testsson, begär", "{}", "c2lnbmF0dXI=", "b2NzcA=="),
            ),
        )
        await self.cases.register(draft)
        await self.cases.add_note(reference, "Karl Testsson ringde om hunden Bosse", actor=OFFICER)
        await self.cases.transition(
            reference, to=CaseStatus.EXTENDED, version=1, actor=OFFICER, note="hunden Bosse är svår"
        )
        await self.files.store(reference, name="hemlig.txt", content=_once(b"Karl Testsson"), actor=OFFICER)
        block = MarketingBlockDraft(reference, MarketingChannel.EMAIL, "spärra.mig@example.se", at)
        await self.cases.block_marketing(block)

    async def conversation(self, conversation_id: str) -> None:
        """A conversation with a message, a button, a summary, and an identification on its way."""
        now, session_hash = self.clock(), uuid4().bytes * 2
        async with self.sessions.begin() as session:
            conversation = ConversationRow(
                id=conversation_id, state="bot", identity_level=0, created_at=now, last_message_at=now
            )
            self.chat.set_handoff(conversation, reason="asked", summary="Karl Testsson vill radera")
            session.add(conversation)
            await session.flush()
            session.add(
                SessionRow(token_hash=session_hash, conversation_id=conversation_id, created_at=now, last_seen_at=now)
            )
            draft = Draft("visitor", "Jag heter Karl Testsson", buttons=[Offer("hunden Bosse", "/x{Testsson}")])
            message = await self.chat.add_message(session, conversation, draft, now=now)
            await self.chat.add_turn(session, conversation_id, now=now, message=message)
            await self._identification(session, conversation_id, session_hash, now)

    async def _identification(self, session, conversation_id: str, session_hash: bytes, now: datetime) -> None:
        id_ = str(uuid4())
        completion = Completion(NUMBER, "Karl Testsson", "Karl", "Testsson", "{}", "c2lnbmF0dXI=", "b2NzcA==")
        secrets = OrderSecrets("198.51.100.7", "agent", order_ref="order", qr_start_secret="secret")
        session.add(
            IdentificationRow(
                id=id_,
                conversation_id=conversation_id,
                session_hash=session_hash,
                reference="AR-7K2M-Q941",
                level=2,
                request_title="Tillgång",
                visible_text=self.vault.seal_text(id_, "Jag, Karl Testsson, begär"),
                state="complete",
                reason="broker:complete",
                completion=self.vault.seal_completion(id_, completion),
                offered_at=now,
                changed_at=now,
                announce_after_at=now,
            )
        )
        await session.flush()
        session.add(
            IdentificationOrderRow(
                identification_id=id_,
                number=1,
                mode="qr",
                state="complete",
                secrets=self.vault.seal_secrets(id_, secrets),
                started_at=now,
            )
        )

    def tracker(self, database_url: str, conversation_id: str) -> None:
        """What Rasa remembers; ``INSYN_ENCRYPTION_SECRETS`` must hold the ring's secrets."""
        store = PostgresTrackerStore(host=database_url)
        with store.session_scope() as session:
            event = store.SQLEvent(
                sender_id=conversation_id,
                type_name="user",
                timestamp=self.clock().timestamp(),
                data=json.dumps({"text": "Jag heter Karl Testsson, hunden Bosse"}),
            )
            session.add(event)
            session.commit()
        store.engine.dispose()


async def opened_tracker(sessions: Sessions, key_ring: KeyRing, conversation_id: str) -> list[str]:
    """Return what Rasa's trackers say of a conversation, opened with a ring."""
    async with sessions() as session:
        rows = await session.scalars(
            text("SELECT data FROM rasa.events WHERE sender_id = :id"), {"id": conversation_id}
        )
        return [key_ring.decrypt_from_text(data, context="rasa.events.data") for data in rows]


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
