"""What the tasks of a checklist say, in Swedish: one table, so that the rules stay readable."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from privacy.systems import KeptBy


@dataclass(frozen=True, slots=True)
class TaskText:
    """The words of a task that no system owns."""

    title: str
    instruction: str
    why: str = ""
    """The provision, where it is another than that of the right itself."""


ACTION_LABELS: Final = MappingProxyType(
    {
        "fetch": "Hämta",
        "erase": "Radera",
        "restrict": "Begränsa",
        "correct": "Rätta",
        "stop": "Avsluta behandling",
        "keep": "Spara enligt lag",
        "notify": "Underrätta mottagare",
        "forward": "Skicka vidare",
        "review": "Pröva",
        "inform": "Informera",
    }
)

TITLES: Final = MappingProxyType(
    {
        "fetch": "Hämta uppgifter ur {system}",
        "erase": "Radera i {system}",
        "restrict": "Begränsa i {system}",
        "correct": "Rätta i {system}",
        "stop": "Avsluta behandlingen i {system}",
    }
)

WHY: Final = MappingProxyType(
    {
        "access": "Artikel 15.1 och 15.3 i dataskyddsförordningen.",
        "portability": "Artikel 20.1 i dataskyddsförordningen.",
        "rectification": "Artikel 16 i dataskyddsförordningen.",
        "erasure": "Artikel 17.1 i dataskyddsförordningen.",
        "restriction": "Artikel 18.1 i dataskyddsförordningen.",
        "objection": "Artikel 21.1 i dataskyddsförordningen.",
        "objection_meanwhile": "Artikel 18.1 d i dataskyddsförordningen: medan invändningen prövas.",
        "marketing_optout": "Artikel 21.2–21.3 i dataskyddsförordningen: utan prövning och utan undantag.",
        "consent_withdrawal": "Artikel 7.3 i dataskyddsförordningen.",
        "consent_withdrawal_erase": "Artikel 17.1 b i dataskyddsförordningen: om ingen annan rättslig grund finns.",
        "processor_list": "Artikel 15.1 c i dataskyddsförordningen och policyns löfte om en aktuell lista.",
        "complaint": "Artikel 77 i dataskyddsförordningen.",
        "recipients": "Artikel 19 i dataskyddsförordningen.",
        "forward": "Artikel 28.3 e i dataskyddsförordningen: kunden är personuppgiftsansvarig och svarar.",
    }
)

KEPT_REASONS: Final = MappingProxyType(
    {
        KeptBy.BOOKKEEPING: (
            "7 kap. 2 § bokföringslagen: till och med det sjunde året efter det kalenderår då räkenskapsåret "
            "avslutades. Undantag enligt artikel 17.3 b i dataskyddsförordningen."
        ),
        KeptBy.MONEY_LAUNDERING: (
            "5 kap. 3–4 §§ penningtvättslagen: fem år efter att relationen upphörde, högst tio år. "
            "Undantag enligt artikel 17.3 b i dataskyddsförordningen."
        ),
    }
)

NO_SUPPLIERS: Final = "inga enligt registret"

TASKS: Final = MappingProxyType(
    {
        "keep": TaskText(
            "Avgör vad som ska sparas i {system}",
            "Anteckna vad som sparas, till vilken dag och med vilket lagstöd. Allt annat raderas. "
            "Erbjud personen begränsning av det som är kvar.",
        ),
        "recipients": TaskText(
            "Underrätta dem som har fått uppgifterna",
            "Gå igenom vilka som har fått uppgifterna: bolag i koncernen, partner och leverantörer ({suppliers}). "
            "Berätta för var och en vad som har rättats, raderats eller begränsats, och anteckna vilka. "
            "Är det omöjligt eller oproportionerligt behövs det inte; anteckna varför. "
            "Personen ska få veta vilka mottagarna är om hen frågar.",
        ),
        "forward": TaskText(
            "Skicka vidare det som gäller {system}",
            "Gäller begäran uppgifter som behandlas för en kunds räkning: skicka den till kunden utan dröjsmål och "
            "berätta för personen vem som svarar. Annars: gäller inte.",
        ),
        "secrecy": TaskText(
            "Undanta det som enligt lag inte får lämnas ut",
            "Kontrollera att inget som omfattas av tystnadsplikt följer med, och använd samma neutrala mening till "
            "alla. Anteckna inte här om det fanns något.",
            "5 kap. 7 § penningtvättslagen och 5 kap. dataskyddslagen.",
        ),
        "others": TaskText(
            "Skydda andra personers uppgifter",
            "Gå igenom materialet och maska det som gäller andra personer, om deras rättigheter annars skadas.",
            "Artikel 15.4 och 20.4 i dataskyddsförordningen.",
        ),
        "provided": TaskText(
            "Ta bara med det som personen själv har lämnat",
            "Överföring omfattar uppgifter som personen lämnat och som behandlas automatiskt med stöd av samtycke "
            "eller avtal. Kundkännedom, bokföring och våra egna slutsatser ingår inte.",
        ),
        "correct": TaskText(
            "Kontrollera vad som är rätt",
            "Jämför med det underlag som finns och anteckna vad som gäller. Är uppgiften omstridd kan den begränsas "
            "under tiden (artikel 18.1 a).",
        ),
        "restriction_ground": TaskText(
            "Avgör vilken av de fyra grunderna som gäller",
            "Omstridd riktighet, olaglig behandling, rättsliga anspråk eller en invändning som prövas. Anteckna "
            "vilken.",
        ),
        "before_lifting": TaskText(
            "Berätta för personen innan begränsningen upphör",
            "Sätt en bevakning. Personen ska få veta det i förväg.",
            "Artikel 18.3 i dataskyddsförordningen.",
        ),
        "compelling_grounds": TaskText(
            "Pröva om det finns tvingande berättigade skäl",
            "Väg våra skäl mot personens situation. Personen behöver inte bevisa något; kan vi inte visa tvingande "
            "skäl ska behandlingen upphöra. Anteckna avvägningen.",
        ),
        "block": TaskText(
            "Kontrollera att spärren är införd",
            "Adressen eller numret ska stå i reklamspärrlistan. Sök i listan och lägg in spärren om den saknas.",
        ),
        "processor_list": TaskText(
            "Lämna listan över underleverantörer",
            "Skicka den aktuella listan med dess datum.",
        ),
        "complaint": TaskText(
            "Utred klagomålet",
            "Ta reda på vad som har hänt, anteckna det och vad vi gör åt det.",
        ),
        "authority": TaskText(
            "Berätta om IMY och domstol",
            "Personen får alltid klaga hos Integritetsskyddsmyndigheten och gå till domstol, utan att först vända "
            "sig till oss.",
            "Artikel 77 och 79 i dataskyddsförordningen.",
        ),
    }
)
