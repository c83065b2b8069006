"""What people say of their own situation is heard; what they ask about others' is not mistaken for it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bot.circumstances import Circumstance, gravest, recognise
from bot.health_details import find_health_details
from foundation.yaml_files import read_yaml

ROOT = Path(__file__).parent.parent.parent

HEARD = {
    Circumstance.CRISIS: [
        "jag mår så dåligt, orkar inte leva längre",
        "Jag vill inte leva mer.",
        "vill inte finnas längre",
        "vill bara dö",
        "har funderat på att ta livet av mig",
        "det är inte värt att leva",
        "jag skär mig själv",
        "ONSKAR JAG VAR DOD",
        "ni har förstört allt, jag tänker hoppa framför tåget",
        "har självmordstankar igen",
    ],
    Circumstance.DANGER: [
        "min exman letar efter mig, ta bort min adress",
        "han hotar mig och vet var jag jobbar",
        "jag är hotad och vill inte synas",
        "jag blir förföljd av en kund hos er",
        "är rädd för mitt ex",
    ],
    Circumstance.THREAT: [
        "jag ska döda er",
        "jag vet var ni bor",
        "kommer bränna ner kontoret",
        "ni kommer få ångra er",
        "jag kommer till ert kontor med en kniv",
    ],
    Circumstance.HIJACKED: [
        "någon har kapat mitt konto",
        "nån har tagit lån i mitt namn",
        "mitt bankid är hackat",
        "min identitet har blivit stulen",
        "jag har blivit id-kapad",
        "jag är utsatt för ID-kapning och undrar vad ni har om mig",
        "det är någon som utger sig för att vara mig",
        "någon annan använder mitt personnummer",
        "en bedragare har öppnat ett konto i mitt namn hos er",
        "mitt mejlkonto blev hackat och nu har någon begärt ut mina uppgifter",
    ],
    Circumstance.PROTECTED: [
        "har skyddad identitet",
        "jag är sekretessmarkerad",
        "vill inte skriva adressen eftersom jag har skyddad adress",
        "skyddad identitet",
        "ni får inte ha min adress pga skyddad folkbokföring",
        "lever med fingerade personuppgifter",
        "jag har skyddad identitet",
        "Vi har skyddade personuppgifter sedan i våras",
        "min dotter har sekretessmarkering",
        "jag har skyddad adress, får ni lämna ut den",
    ],
    Circumstance.POLICE: [
        "jag är polis och behöver uppgifter om en kund",
        "Hej, jag ringer från polisen i Malmö",
        "vi på skatteverket begär in underlag",
        "jag är åklagare vid ekobrottsmyndigheten",
        "polismyndigheten begär härmed att ni lämnar ut samtalet",
    ],
    Circumstance.JOURNALIST: [
        "jag är journalist på DN, hur länge sparar ni samtal?",
        "jag är frilansande reporter",
        "jag skriver för Dagens Industri om er branch",
        "vi på redaktionen har en fråga",
        "jag jobbar på svt och granskar er",
    ],
    Circumstance.LAWYER: [
        "jag är advokat och företräder Anna",
        "min klient begär registerutdrag",
        "jag är god man för min granne",
        "har fullmakt från min mamma",
        "min advokat kommer att kontakta er",
    ],
    Circumstance.MINOR: [
        "jag är 13 år, får jag skriva här",
        "jag är bara 12",
        "jag går i sjuan",
        "är det ok fast jag är minderårig? jag är minderårig",
        "jag ar fjorton ar",
    ],
    Circumstance.GUARDIAN: [
        "min son är 11 och fyllde i ert formulär",
        "jag är pappa till en flicka som sökte jobb",
        "som vårdnadshavare vill jag radera",
        "min 14-åring har chattat med er",
        "vår omyndiga dotter",
    ],
    Circumstance.DISTRESS: [
        "jag mår jättedåligt av det här",
        "orkar inte mer",
        "jag är helt förtvivlad",
        "fick panik när jag såg brevet",
        "jag sitter här och gråter",
    ],
    Circumstance.ANGER: [
        "jävla skitföretag",
        "ni är ju helt jävla sjuka i huvudet, ni är helt sjuka",
        "jag är så förbannad på er",
        "det här är under all kritik",
        "dra åt helvete",
        "jävla idioter",
        "vilken skandal",
    ],
    Circumstance.HEALTH: [
        "jag har cancer och orkar inte med mer post",
        "jag är sjukskriven för utmattning",
        "min psykolog säger att jag ska begära ut",
        "jag äter antidepressiva",
        "jag fick diagnosen adhd, jag fick diagnosen i våras",
    ],
}

ONLY_ASKED = [
    "lämnar ni ut uppgifter till polisen?",
    "vad gör ni om någon hackar er?",
    "har ni blivit hackade?",
    "kan någon komma åt mitt konto hos er?",
    "får ni skriva avtal i mitt namn",
    "mitt namn är fel stavat",
    "hur skyddar ni er mot bedragare",
    "hur gör ni med kunder som har skyddad identitet?",
    "är mina uppgifter skyddade hos er",
    "har ni skyddade personuppgifter i ert register",
    "hur begär jag registerutdrag hos polisen",
    "kan mitt ombud begära ut mina uppgifter?",
    "får en journalist läsa om mig?",
    "har ni uppgifter om min hälsa?",
    "sparar ni uppgifter om sjukskrivning?",
    "vilken åldersgräns har ni för barn?",
    "jag har varit kund i 12 år",
    "jag orkar inte leva med alla era mejl",
    "jag kan inte leva utan nyhetsbrevet",
    "vill inte finnas hos er",
    "jag vill inte finnas längre i era register",
    "ja vill inte finnas som exempel i era säljunderlag",
    "jag vill avsluta allt med er",
    "ta bort mitt liv från era register",
    "döda inte budbäraren",
    "hur fan funkar det här?",
    "det är skit samma",
    "jag är arkitekt",
    "jag är kund hos er sedan 2017",
    "jag är 45 år och bor i Umeå",
    "min son jobbar hos er",
    "vem är ert dataskyddsombud?",
    "jag jobbar med skatter",
    "hur ändrar jag adress hos skatteverket",
    "ni har skickat skattebrev till fel adress",
    "sluta ringa mig, jag är trött",
    "vi har fullt upp på byrån",
    "hur länge sparar ni personnummer?",
    "",
    "😀😀😀",
]


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in HEARD.items() for text in texts])
def test_it_is_heard(kind: Circumstance, text: str):
    assert kind in recognise(text)


@pytest.mark.parametrize("text", ONLY_ASKED)
def test_a_question_about_others_is_no_statement_about_oneself(text: str):
    assert recognise(text) == ()


def test_every_kind_has_its_examples():
    assert set(HEARD) == set(Circumstance)


def test_where_a_life_is_at_stake_the_rest_is_not_dwelt_upon():
    said = recognise("jag är så ledsen och förbannad, jag har cancer och vill inte leva mer")
    assert said == (Circumstance.CRISIS,)


def test_the_most_urgent_is_what_a_person_is_told():
    assert gravest(["anger", "journalist", "health"]) is Circumstance.JOURNALIST
    assert gravest(["health"]) is None
    assert gravest([]) is None


def test_false_alarms_are_rare_among_what_people_ask():
    """Of 54 000 things that people say to us, few are about who says them; a pattern that is too wide shows here.

    Some of those few are no false alarms: hands that write of real lives also write "jag orkar inte mer".
    """
    said = [
        line.removeprefix("- ").strip()
        for path in sorted((ROOT / "data" / "nlu").rglob("*.yml"))
        for entry in read_yaml(path)["nlu"]
        for line in entry["examples"].splitlines()
    ]
    heard = [text for text in said if recognise(text)]
    assert len(said) > 50_000
    assert len(heard) < len(said) / 150
    assert len([text for text in heard if find_health_details(text)]) < len(said) / 2_000, (
        "hidden, and not to be had back"
    )


@pytest.mark.parametrize("text", ["jag är " * 300, "min " * 500, "a" * 2_000, "jag " + "ä " * 900, "<" * 2_000])
def test_long_and_odd_texts_cost_nothing(text: str):
    begun = time.perf_counter()
    recognise(text)
    assert time.perf_counter() - begun < 0.5
