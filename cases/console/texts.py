"""What the console says that does not stand in a template, in Swedish."""

from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Final

from cases.console import file_texts
from cases.console.accounts import Role
from cases.console.conversations import ConversationState
from cases.console.passwords import MAX_LENGTH, MIN_LENGTH, PasswordProblem
from cases.drafts import MarketingChannel
from privacy.case_states import CaseStatus
from privacy.checklist import TaskState
from privacy.identity_proof import IdentityGap
from privacy.request_types import IdentityLevel
from privacy.swedish_dates import STOCKHOLM, swedish_date

PASSWORD_PROBLEMS: Final = MappingProxyType(
    {
        PasswordProblem.TOO_SHORT: f"Lösenordet är för kort. Använd minst {MIN_LENGTH} tecken.",
        PasswordProblem.TOO_LONG: f"Lösenordet är för långt. Använd högst {MAX_LENGTH} tecken.",
        PasswordProblem.TOO_MONOTONOUS: "Lösenordet upprepar för få tecken. Blanda minst fem olika.",
        PasswordProblem.CONTAINS_NAME: (
            f"Ditt namn räknas inte: utan det måste lösenordet ha minst {MIN_LENGTH} tecken."
        ),
        PasswordProblem.SAME_AS_BEFORE: "Välj ett annat lösenord än det du har nu.",
        PasswordProblem.NOT_REPEATED: "De två lösenorden är inte lika. Skriv samma lösenord i båda fälten.",
    }
)

WRONG_CREDENTIALS: Final = "Användarnamnet och lösenordet hör inte ihop, eller så är kontot stängt."
WRONG_CURRENT_PASSWORD: Final = "Det nuvarande lösenordet stämmer inte."  # noqa: S105 - a sentence
TOO_MANY_ATTEMPTS: Final = "För många försök. Vänta {wait} och försök sedan igen."
NAME_MISSING: Final = "Skriv ett användarnamn."
NAME_TAKEN: Final = "Det finns redan ett konto med det användarnamnet."
LAST_ADMINISTRATOR: Final = "Det måste finnas minst en administratör kvar."

OFFICER: Final = "Handläggare"
SYSTEM_PARTS: Final = MappingProxyType(
    {
        "assistant": "Assistenten",
        "jobs": "Automatiskt",
        "evidence": "Granskning",
        "data_subject": "Den registrerade",
    }
)
"""Who acts in a case without being an officer, by the id under which it acts."""

REGISTRATION_INCOMPLETE: Final = "Välj vad begäran gäller och hur den kom in, och ange dagen då den kom in."
RECEIVED_IN_FUTURE: Final = "En begäran kan inte ha kommit in senare än i dag."
NO_ADDRESS: Final = "E-postadressen går inte att läsa. Rätta den eller lämna fältet tomt."
REGISTERED_OTHERWISE: Final = (
    "Det här formuläret har redan registrerat ett ärende med andra uppgifter. Gå till listan, eller börja om."
)
NOTE_MISSING: Final = "Skriv en anteckning först."
MESSAGE_MISSING: Final = "Skriv ett svar först."
RESOLUTION_MISSING: Final = "Välj hur ärendet ska avgöras."
NOTHING_CHANGED: Final = "Ingenting har ändrats."
_STALE: Final = (
    "Någon annan ändrade {what} medan du hade sidan öppen, så din ändring sparades inte. "
    "Sidan visar nu hur {what} ser ut. Det du skrev står kvar i formuläret."
)
STALE_CASE: Final = _STALE.format(what="ärendet")
STALE_TASK: Final = _STALE.format(what="uppgiften")
FORBIDDEN_STEP: Final = f"Det steget går inte att ta med ärendet som det är nu. {NOTHING_CHANGED}"
FORBIDDEN_FORM: Final = f"Formuläret var ofullständigt. {NOTHING_CHANGED}"
CLAIMED_BY_ANOTHER: Final = "{name} har tagit samtalet."
NO_LONGER_YOURS: Final = "Samtalet är inte längre ditt, så inget skickades. Sidan visar hur det ser ut nu."
MESSAGE_REFUSED: Final = "Svaret kunde inte skickas så som det är skrivet."
CHAT_UNAVAILABLE: Final = "Chatten svarar inte just nu. Försök igen om en stund."

UNFINISHED_CHECKLIST: Final = (
    "Ärendet kan inte beslutas som bifallet än, för det som personen har rätt till är inte gjort. Det här är kvar: "
    f"{{tasks}}. Markera det som klart, eller som ”gäller inte” med ett skäl. {NOTHING_CHANGED}"
)
TASK_NOTE_MISSING: Final = "Skriv varför uppgiften inte gäller, så att det går att förstå i efterhand."
TASK_STATES: Final = MappingProxyType(
    {TaskState.OPEN: "Öppen", TaskState.DONE: "Klar", TaskState.NOT_APPLICABLE: "Gäller inte"}
)
MANDATORY_OPEN: Final = "{count} obligatoriska är kvar innan ärendet kan beslutas som bifallet."

DONE: Final = MappingProxyType(
    {
        "status": "Ärendet har fått ny status.",
        "note": "Anteckningen är sparad.",
        "identity": "Hur identiteten fastställdes är inskrivet i ärendet.",
        "task": "Uppgiften i checklistan är sparad.",
        "ordered": "Systemet har fått uppdraget. Ladda om sidan för att se hur det går.",
        "replayed": "Uppdraget är skickat igen.",
        "conversations-erased": "Samtalen är raderade och uppgiften är klar.",
        "claimed": "Du har tagit över samtalet. Besökaren ser ditt namn.",
        "sent": "Svaret är skickat.",
        "returned": "Samtalet är tillbaka hos assistenten.",
        "closed": "Samtalet är avslutat.",
        "password": "Ditt nya lösenord gäller från och med nu.",
        "file-stored": "Filerna är sparade.",
        "file-deleted": "Filen är borttagen för gott.",
        "package-prepared": "Utdraget är förberett. Gå igenom det innan du lämnar ut det.",
        "package-released": "Utdraget är utlämnat. Personen kan hämta det i chatten med BankID.",
        "package-withdrawn": "Utdraget är återtaget och dess innehåll borttaget.",
        "registered": "Ärendet är registrerat. Skicka gärna en mottagningsbekräftelse.",
        "letter-sent": "Brevet är skickat och sparat i ärendet.",
        "disabled": "Kontot är stängt.",
        "enabled": "Kontot är öppet igen.",
        "logged-out": "Du har loggat ut.",
        "resent": "Meddelandet skickas igen.",
        "number-task": "Uppgiften är sparad.",
        "block-lifted": "Spärren är hävd. I anslutna system är personen avregistrerad tills den anmäler sig igen.",
    }
)
"""What a page says after a form was sent and the browser was led on; the key travels in the address."""

NEXT_STEP: Final = MappingProxyType(
    {
        CaseStatus.AWAITING_IDENTITY: "Be om att identiteten styrks",
        CaseStatus.AWAITING_CLARIFICATION: "Be om precisering",
        CaseStatus.IN_PROGRESS: "Börja handlägga",
        CaseStatus.EXTENDED: "Förläng tiden",
        CaseStatus.DECIDED: "Besluta",
        CaseStatus.CLOSED: "Avsluta ärendet",
    }
)
REOPEN: Final = "Öppna ärendet igen"
END_WAIT: Final = "Svaret har kommit: fortsätt handlägga"

NEXT_STEP_HINT: Final = MappingProxyType(
    {
        CaseStatus.AWAITING_IDENTITY: "Tiden stannar bara om du frågar inom fem dagar från att begäran kom in.",
        CaseStatus.AWAITING_CLARIFICATION: "Tiden stannar bara om du frågar inom fem dagar från att begäran kom in.",
        CaseStatus.EXTENDED: "Tiden kan förlängas en gång. Personen ska få veta skälen senast {first_due}.",
        CaseStatus.DECIDED: "Bara du som handläggare avgör hur begäran slutar.",
    }
)

NOTE_LABEL: Final = MappingProxyType(
    {
        CaseStatus.AWAITING_IDENTITY: "Vad du ber om och varför",
        CaseStatus.AWAITING_CLARIFICATION: "Vad som behöver preciseras",
        CaseStatus.EXTENDED: "Skäl för förlängningen (personen får läsa dem)",
    }
)
NOTE_LABEL_DEFAULT: Final = "Anteckning"
NOTE_LABEL_REOPEN: Final = "Varför ärendet öppnas igen"

IDENTITY_LEVELS: Final = MappingProxyType(
    {
        IdentityLevel.NONE: "Inte legitimerad",
        IdentityLevel.CONTACT: "Bekräftad e-postadress",
        IdentityLevel.STRONG: "Legitimerad med BankID",
    }
)

IDENTIFIED_BY_OFFICER: Final = "Fastställd av handläggare"
IDENTITY_GAPS: Final = MappingProxyType(
    {
        IdentityGap.LEVEL_TOO_LOW: (
            "Fastställ identiteten på ett annat sätt innan något lämnas ut, ändras eller raderas. "
            "Tiden för svaret går ändå."
        ),
        IdentityGap.ADDRESS_NOT_COMPARED: (
            "Personen har visat att e-postadressen är deras, inte vem de är. "
            "Jämför adressen med registret innan du gör något."
        ),
    }
)
"""What is to be done about an identity, before anything else."""

IDENTITY_FIRST: Final = f"Det går inte förrän identiteten är fastställd. {{what}} {NOTHING_CHANGED}"
IDENTITY_NOT_IN_DOUBT: Final = (
    f"Identiteten är redan fastställd, så det går inte att begära mer eller låta tiden stå still. {NOTHING_CHANGED}"
)
PROOF_MISSING: Final = "Välj hur identiteten fastställdes."
TIME_GOES_ON: Final = "Tiden stannar inte: det har gått mer än fem dagar sedan begäran kom in."

IDENTITY_SHORT: Final = MappingProxyType(
    {IdentityLevel.NONE: "Ingen", IdentityLevel.CONTACT: "E-post", IdentityLevel.STRONG: "BankID"}
)
"""The same where there is little room."""

CONVERSATION_STATES: Final = MappingProxyType(
    {
        ConversationState.BOT: "Hos assistenten",
        ConversationState.WAITING: "Väntar på svar",
        ConversationState.HUMAN: "Hos handläggare",
        ConversationState.CLOSED: "Avslutat",
    }
)

SENDERS: Final = MappingProxyType(
    {"visitor": "Besökaren", "bot": SYSTEM_PARTS["assistant"], "officer": OFFICER, "system": "System"}
)

EXTENSION_TOO_LATE: Final = "Tiden kan inte längre förlängas: det hade behövt ske senast {first_due}."
NO_REASON: Final = "Inget skäl angivet"
NO_SUMMARY: Final = "Ingen sammanfattning"
SOMEBODY_ELSE: Final = "En kollega"
DETAIL_LABELS: Final = MappingProxyType(
    {"client_company": "Gäller en kunds uppgifter (kunden är personuppgiftsansvarig). Skicka begäran vidare till"}
)
"""Answers that no question of the request type asks for."""

HANDOFF_REASONS: Final = MappingProxyType(
    {
        "assistant_unavailable": "Assistenten kunde inte svara",
        "crisis": "Mår mycket dåligt, kan vara akut",
        "danger": "Säger sig vara i fara",
        "threat": "Har uttryckt hot",
        "hijacked": "Säger att någon använder hens identitet eller konto",
        "protected": "Säger sig ha skyddade personuppgifter",
        "police": "Säger sig skriva för en myndighet",
        "journalist": "Säger sig vara journalist",
        "lawyer": "För någon annans talan",
        "minor": "Säger sig vara under 18",
        "guardian": "Skriver om ett barn",
        "distress": "Är ledsen eller pressad",
        "anger": "Är arg",
    }
)
"""Words for the reasons that come as codes; the assistant's own come in Swedish."""

RECEIPT_CARD: Final = "Kvittens: ärende {reference}, svar senast {due_on}."
PACKAGE_CARD: Final = "Länk för att hämta uppgifterna i ärende {reference}."
IDENTIFICATION_CARD: Final = "Legitimering med BankID erbjöds."

MARKETING_CHANNELS: Final = MappingProxyType({MarketingChannel.EMAIL: "E-post", MarketingChannel.PHONE: "Telefon"})
ROLES: Final = MappingProxyType({Role.OFFICER: OFFICER, Role.ADMINISTRATOR: "Administratör"})

ERRORS: Final = MappingProxyType(
    {
        "forged": (
            "Formuläret kunde inte tas emot",
            (
                f"Sidan har legat öppen för länge eller öppnades i ett annat fönster. {NOTHING_CHANGED} "
                "Gå tillbaka, ladda om sidan och försök igen."
            ),
        ),
        "forbidden": ("Sidan är för administratörer", "Be en administratör om hjälp."),
        "no-case": ("Ärendet finns inte", "Kontrollera ärendenumret. Det ser ut så här: AR-7K2M-Q941."),
        "no-file": ("Filen finns inte", "Den kan ha tagits bort. Ärendets händelser visar det."),
        "no-package": ("Utdraget finns inte", "Det kan ha återtagits eller gjorts om. Ärendets händelser visar det."),
        "no-letter": ("Brevet finns inte", "Det brevet kan inte skrivas i ärendet som det är nu."),
        "files-too-large": file_texts.TOO_LARGE,
        "no-conversation": ("Samtalet finns inte", "Det kan ha gallrats."),
        "no-chat": ("Chatten svarar inte", "Försök igen om en stund. Ärendena går att arbeta med som vanligt."),
        "no-database": (
            "Databasen svarar inte",
            "Försök igen om en stund, och se då efter om det du skrev har sparats.",
        ),
        "not-found": ("Sidan finns inte", "Adressen leder ingenstans."),
        "too-large": ("Texten är för lång", "Ingenting har sparats. Gå tillbaka och korta texten."),
        "broken": ("Något gick fel", "Felet är vårt. Försök igen; hjälper det inte, säg till den som driver systemet."),
    }
)
"""Title and text of each error page."""


def duration(length: timedelta) -> str:
    """Return ``3 min``, ``2 tim 5 min``, ``4 dygn``: how long something has waited."""
    minutes = max(int(length.total_seconds()) // 60, 0)
    if minutes < 1:
        return "mindre än 1 min"
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} tim {minutes} min" if minutes else f"{hours} tim"
    return f"{hours // 24} dygn"


def clock_time(instant: datetime) -> str:
    """Return ``09.30``, Swedish local time."""
    return f"{instant.astimezone(STOCKHOLM):%H.%M}"


def date_and_time(instant: datetime) -> str:
    """Return ``10 mars 2026 kl. 10.00``, Swedish local time."""
    return f"{swedish_date(instant.astimezone(STOCKHOLM).date())} kl. {clock_time(instant)}"


def short_date(day: date) -> str:
    """Return ``2026-04-07``, as Swedish tables write dates."""
    return day.isoformat()
