"""What the fake edge answers: one scene a keyword, each showing one part of the widget."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.bot.widget.fake_edge import Conversation, FakeEdge

QUOTE = "Inspelade samtal raderas automatiskt från informationssystemen efter 3 månader."

HOSTILE = (
    '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script><svg onload="window.hacked=1">'
    '<a href="javascript:window.hacked=1">klicka</a> [länk](javascript:window.hacked=1) &amp; ]]> \'"`--><!-- {{7*7}}'
)


PACKAGE_ID = "0b5c0a3e-51b2-4d0b-9d5b-6f0a2f3f7a11"


def buttons(*titles: str) -> list[dict[str, Any]]:
    return [{"token": f"token-{title}", "title": title, "used": False} for title in titles]


WELCOME: dict[str, Any] = {
    "text": (
        "Hej! Jag är en bot som svarar på frågor om hur Talenom hanterar dina personuppgifter, och hjälper dig att "
        "använda dina rättigheter.\n\nDet vi skriver sparas i 30 dagar. Du behöver aldrig ange ditt personnummer här."
    ),
    "buttons": buttons("Vilka uppgifter har ni om mig?", "Radera mina uppgifter", "Sluta skicka reklam"),
}


def citation(section: str = "Hur länge lagrar vi uppgifterna?", quote: str = QUOTE) -> dict[str, Any]:
    return {
        "section": section,
        "quote": quote,
        "policy_version": "2026-11-23",
        "anchor": "hur-lange-lagrar-vi-uppgifterna",
    }


def receipt() -> dict[str, Any]:
    return {
        "kind": "receipt",
        "reference": "AR-7K3M-Q9X4",
        "request_type_title": "Registerutdrag: allt ni har om mig",
        "received_on": "2026-11-27",
        "due_on": "2026-12-28",
        "due_explanation": [
            "Begäran kom in den 27 november 2026. En månad senare är den 27 december 2026.",
            "Den dagen är en söndag, så sista dagen flyttas till måndagen den 28 december 2026.",
        ],
        "next_steps": [
            "En handläggare går igenom din begäran.",
            "Svaret skickas till a…a@example.se.",
            "Du kan fråga efter ditt ärende här i chatten.",
        ],
    }


def offered_identification() -> dict[str, Any]:
    return {
        "id": "0f6a3c9e-5f0c-4f8e-9a55-4b6a6c1f7d11",
        "state": "offered",
        "mode": None,
        "message": "",
        "launch_url": None,
        "qr": False,
        "can_retry": False,
        "purpose_title": "Registerutdrag",
        "by_email": False,
        "email": "",
        "visible_text": (
            "Begäran till Talenom Redovisning AB\n\nTyp: Registerutdrag (GDPR artikel 15)\nGäller: allt\n"
            "Ärendenummer: AR-7K3M-Q9X4\nDatum: 2026-11-27\n\nSkriv bara under om du själv startade detta i chatten."
        ),
    }


def started_identification(mode: str) -> dict[str, Any]:
    if mode == "qr":
        message, launch_url = "Öppna BankID-appen och skanna koden.", None
    else:
        message, launch_url = "Vi försöker öppna BankID-appen.", "bankid:///?autostarttoken=f9c1&redirect=null"
    return {
        "state": "pending",
        "mode": mode,
        "qr": mode == "qr",
        "launch_url": launch_url,
        "message": message,
        "can_retry": False,
        "ends_in_s": 180 if mode == "qr" else 30,
    }


CODE = "123 456"
EMAIL = "anna@example.se"


def sent_code(email: str) -> dict[str, Any]:
    message = "Stämmer adressen får du snart ett mejl med en kod."
    return {
        "state": "pending",
        "mode": "email",
        "qr": False,
        "launch_url": None,
        "message": message,
        "email": email,
    } | {"ends_in_s": 600}


def ended_identification(state: str, message: str, *, can_retry: bool = True) -> dict[str, Any]:
    return {"state": state, "qr": False, "launch_url": None, "message": message, "can_retry": can_retry} | {
        "ends_in_s": None
    }


async def answer(edge: FakeEdge, conversation: Conversation, text: str) -> None:
    """Type for a moment, then play the scene that the text names."""
    edge.push(conversation, "typing", {"active": True})
    await asyncio.sleep(0.1)
    for keyword, scene in SCENES.items():
        if keyword in text.lower():
            scene(edge, conversation)
            break
    else:
        edge.say(conversation, "bot", f"Du skrev: {text}")
    edge.push(conversation, "typing", {"active": False})


def _policy_answer(edge: FakeEdge, conversation: Conversation) -> None:
    edge.say(
        conversation,
        "bot",
        "Inspelade samtal raderas automatiskt efter tre månader.",
        citations=[citation()],
        buttons=buttons("Begär radering", "Spelar ni in alla samtal?"),
    )


def _request(edge: FakeEdge, conversation: Conversation) -> None:
    identification = edge.identify(conversation)
    card = {"kind": "identification", "identification_id": identification["id"]}
    edge.say(conversation, "bot", "Tack. Skriv under din begäran med BankID, så skickar jag in den.", card=card)


def _confirmation(edge: FakeEdge, conversation: Conversation) -> None:
    identification = edge.identify(conversation, by_email=True, email=EMAIL, purpose_title="Rättelse")
    card = {"kind": "identification", "identification_id": identification["id"]}
    edge.say(conversation, "bot", "Nu behöver jag veta att e-postadressen är din.", card=card)


def _receipt(edge: FakeEdge, conversation: Conversation) -> None:
    edge.say(conversation, "bot", "Din begäran är registrerad. Här är ditt kvitto.", card=receipt())


def _package(edge: FakeEdge, conversation: Conversation) -> None:
    card = {"kind": "package", "identification_id": PACKAGE_ID, "reference": "AR-7K3M-Q9X4"}
    edge.say(conversation, "bot", "Tack! Här är filen med dina uppgifter.", card=card)


def _person(edge: FakeEdge, conversation: Conversation) -> None:
    edge.say(conversation, "bot", "Jag kopplar dig till en handläggare. Just nu är två före dig.")
    edge.change_state(conversation, "waiting", queue=3)


def _hostile(edge: FakeEdge, conversation: Conversation) -> None:
    edge.say(
        conversation,
        "bot",
        HOSTILE,
        citations=[citation(HOSTILE, HOSTILE) | {"policy_version": HOSTILE}],
        buttons=buttons(HOSTILE),
        card=receipt() | {"request_type_title": HOSTILE, "next_steps": [HOSTILE]},
    )
    edge.say(conversation, "officer", HOSTILE, sender_name=HOSTILE)
    edge.say(conversation, "system", HOSTILE)


def _addresses(edge: FakeEdge, conversation: Conversation) -> None:
    edge.say(conversation, "bot", "Läs https://www.imy.se/privatperson/. Eller skriv till dataskydd@talenom.se.")


def _yesterday(edge: FakeEdge, conversation: Conversation) -> None:
    edge.say(conversation, "bot", "Det här är äldre.", created_at=datetime(2026, 1, 5, 9, tzinfo=UTC).isoformat())


SCENES = {
    "inspelade samtal": _policy_answer,
    "registerutdrag": _request,
    "rättelse": _confirmation,
    "kvitto": _receipt,
    "hämta": _package,
    "människa": _person,
    "fientlig": _hostile,
    "adresser": _addresses,
    "äldre": _yesterday,
}
