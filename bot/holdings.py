"""What the chat's tables hold about people, and for how long (:mod:`foundation.holdings`).

Order matters: what names a conversation without a foreign key goes before the conversation does.
"""

from collections.abc import Sequence
from typing import Final

from foundation.holdings import Expiry, Holding, Sealed

_CONVERSATION_IS_OVER: Final = "c.last_message_at < :before"

TRACKER: Final = "rasa.events.data"


def with_its_conversation(column: str, *, settled: str) -> Expiry:
    """Return the expiry of what names a conversation: it goes when the conversation does, or was left behind by one.

    Args:
        column: what holds the conversation's id.
        settled: SQL condition under which a row whose conversation is gone can go at once.
    """
    return Expiry(
        "conversations",
        f"""EXISTS (SELECT FROM chat.conversation c WHERE c.id = t.{column} AND {_CONVERSATION_IS_OVER})
            OR NOT EXISTS (SELECT FROM chat.conversation c WHERE c.id = t.{column}) AND {settled}""",  # noqa: S608
    )


HOLDINGS: Final[Sequence[Holding]] = (
    Holding(
        "rasa.events",
        ("id",),
        sealed=(Sealed("data", TRACKER, is_text=True),),
        # An answer that was still being worked on when its conversation was erased may be stored a little later.
        expiry=with_its_conversation("sender_id", settled="to_timestamp(t.timestamp) < :now - interval '1 hour'"),
    ),
    Holding(
        "chat.identification",
        ("id",),
        sealed=(
            Sealed("visible_text", "chat.identification.visible_text:{}"),
            Sealed("completion", "chat.identification.completion:{}"),
            Sealed("email", "chat.identification.email:{}"),
        ),
        bound_to="t.id",
        opaque=("session_hash",),
        expiry=with_its_conversation("conversation_id", settled="t.completion IS NULL"),
    ),
    Holding(
        "chat.identification_order",
        ("id",),
        sealed=(Sealed("secrets", "chat.identification_order.secrets:{}"),),
        bound_to="t.identification_id",
        opaque=("nonce_hash",),
        goes_with="chat.identification",
    ),
    Holding(
        "chat.identification_code",
        ("identification_id",),
        opaque=("code_digest",),
        goes_with="chat.identification",
    ),
    Holding(
        "chat.identification_mail",
        ("id",),
        opaque=("session_hash", "network_digest", "email_digest"),
        expiry=Expiry("logins", "t.sent_at < :before"),
    ),
    Holding(
        "chat.identification_start",
        ("id",),
        opaque=("session_hash", "address_digest"),
        expiry=Expiry("logins", "t.started_at < :before"),
    ),
    Holding(
        "chat.conversation",
        ("id",),
        sealed=(Sealed("handoff_summary", "chat.conversation.handoff_summary"),),
        expiry=Expiry("conversations", "t.last_message_at < :before"),
    ),
    Holding("chat.session", ("token_hash",), opaque=("token_hash",), goes_with="chat.conversation"),
    Holding("chat.turn", ("id",), goes_with="chat.conversation"),
    Holding("chat.message", ("id",), sealed=(Sealed("text", "chat.message.text"),), goes_with="chat.conversation"),
    Holding(
        "chat.button",
        ("token",),
        sealed=(Sealed("title", "chat.button.title"), Sealed("payload", "chat.button.payload")),
        goes_with="chat.conversation",
    ),
    Holding("chat.handoff_wait", ("id",), expiry=Expiry("logins", "t.answered_at < :before")),
    Holding(
        "chat.feedback",
        ("answer_digest",),
        opaque=("answer_digest",),
        kept_because="verdicts by day and kind of question, without conversation, text or time",
    ),
)
