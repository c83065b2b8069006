"""Which language somebody writes, where it is surely not Swedish. Doubt is Swedish."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.language import foreign_language
from bot.nlu.language_component import OtherLanguageNoticer
from foundation.yaml_files import read_yaml

ROOT = Path(__file__).parent.parent.parent.parent
SHORT = read_yaml(Path(__file__).with_name("short_sentences.yml"))

FOREIGN = {
    "en": [
        "hello, do you speak English?",
        "what do you know about me",
        "delete all my data please",
        "How long do you keep recordings of phone calls?",
        "I want to speak with someone",
        "can you send me a copy of my personal information",
        "stop sending me emails",
        "why do you have my phone number",
        "who do you share this with",
        "i dont understand this, is there anyone who can help me",
        "are you a human?",
        "Please remove my account and everything you have stored.",
        "my address is wrong, can you change it to Main Street 4",
        "Is it possible to get my salary slips from 2019?",
        "where are my files",
    ],
    "de": ["Wie lange speichern Sie meine Daten?", "ich möchte meine daten löschen", "Was wissen Sie über mich?"],
    "fr": [
        "Comment supprimer mes données ?",
        "je voudrais une copie de mes données",
        "combien de temps conservez-vous mes données",
    ],
    "es": [
        "quiero borrar mis datos por favor",
        "¿cuánto tiempo guardan mis datos?",
        "Hola, ¿qué datos tienen sobre mí?",
    ],
    "fi": ["haluan poistaa minun tiedot", "mitä tietoja teillä on minusta", "kuinka kauan säilytätte tietoja"],
    "pl": [
        "jak długo przechowujecie moje dane?",
        "proszę usunąć moje dane",
        "chcę rozmawiać z kimś po polsku, czy jest ktoś",
    ],
    "so": [
        "waxaan rabaa inaan tirtiro xogtayda",
        "fadlan sidee ayaa xogtayda loo tirtiraa",
        "maxaa iga haysaan xog ah",
    ],
    "tr": [
        "verilerimi silmek istiyorum lütfen",
        "benim hakkımda ne biliyorsunuz",
        "bu verilerim ne kadar süre saklanır",
    ],
    "hr": ["želim obrisati moje podatke molim vas", "koliko dugo čuvate moje podatke", "kako mogu obrisati podatke"],
    "uk": ["Як довго ви зберігаєте мої дані?", "видаліть мої дані, будь ласка"],
    "ru": ["удалите мои данные", "как долго вы храните записи разговоров"],
    "ar": ["احذف بياناتي من فضلك", "كم من الوقت تحتفظون ببياناتي؟"],
    "fa": ["لطفا داده‌های من را پاک کنید", "چه اطلاعاتی درباره من دارید؟"],
    "it": ["vorrei cancellare i miei dati", "quali sono i dati che avete"],
    "nl": ["hoe lang bewaren jullie mijn gegevens", "ik wil graag mijn gegevens verwijderen"],
    "pt": ["quero apagar os meus dados", "quanto tempo vocês guardam minhas informações"],
    "nb": ["hvor lenge lagrer dere mine opplysninger", "hvordan sletter jeg dataene mine"],
    "da": ["hvor længe gemmer I mine oplysninger", "hvad har I gemt om mig"],
    "ro": ["cât timp păstrați datele mele", "vreau să ștergeți datele mele"],
    "other": [
        "تکایە زانیارییەکانم بسڕنەوە",
        "میرا ڈیٹا حذف کریں",
        "我想删除我的数据",
        "ข้อมูลของฉัน",
        "ውሂቤን ሰርዝ",
        "διαγράψτε τα δεδομένα μου",
        "मेरा डेटा हटाएं",
    ],
}

SWEDISH = [
    "kan jag opt out från newsletter",
    "delete account tack",
    "hur funkar opt-in och opt-out hos er",
    "jag vill ha en data export as soon as possible",
    "vad är er privacy policy",
    "unsubscribe",
    "unsubscribe please",
    "newsletter",
    "opt out",
    "cookies",
    "Google Analytics",
    "stop",
    "delete",
    "radera all data asap please, annars blir det GDPR-anmälan",
    "har ni legal hold på mina grejer",
    "need to know gäller det hos er",
    "thank you",
    "hello",
    "hur lange sparar ni mina uppgifter",
    "vill ha bort allt nu",
    "John Smith, 10 Downing Street",
    "Anna-Maria Garcia Lopez",
    "my.name@where.you.are.com",
    "Björkvägen 4, Umeå",
    "vem är DPO",
    "hva menar du",
    "ikke alls, jeg menar nej",
    "mötet i Tønder med Jens Sørensen",
    "Łukasz Wójcik",
    "Müller-Strauß",
    'ni skrev "we will delete your data as soon as you ask for it", stämmer det?',
    "😀😀😀",
    "🇬🇧",
    "?",
    "",
    "123 456",
    "ok",
    "A",
    "я",
    "radera мой",
    "asdf qwer zxcv",
    "[dolt personnummer]",
    "in for men at is",
]


@pytest.mark.parametrize(("language", "text"), [(name, text) for name, texts in FOREIGN.items() for text in texts])
def test_other_languages_are_known(language: str, text: str):
    assert foreign_language(text) == language


def test_short_sentences_are_known_which_the_lists_were_made_without():
    held_out = [(language, text) for language, texts in SHORT["held_out"].items() for text in texts]
    foreign = [(language, text) for language, text in held_out if language != "sv"]
    known = [text for language, text in foreign if foreign_language(text) == language]
    assert len(foreign) > 100
    assert len(known) >= len(foreign) * 0.95


def test_what_the_lists_were_made_with_stays_known():
    foreign = [(name, text) for name, texts in SHORT["tuned_on"].items() if name != "sv" for text in texts]
    known = [text for language, text in foreign if foreign_language(text) == language]
    assert len(known) >= len(foreign) * 0.95


@pytest.mark.parametrize("part", ["tuned_on", "held_out"])
def test_swedish_with_loan_words_slips_and_dialect_is_swedish(part: str):
    assert [text for text in SHORT[part]["sv"] if foreign_language(text)] == []


@pytest.mark.parametrize("text", SWEDISH)
def test_swedish_is_never_taken_for_another_language(text: str):
    assert foreign_language(text) is None


def test_what_is_taken_of_what_people_ask_us_is_in_another_language():
    """Examples are in Swedish but for some 90, all read: English, Finnish, Norwegian and Danish."""
    taken = [
        (language, line)
        for path in sorted((ROOT / "data" / "nlu").rglob("*.yml"))
        for entry in read_yaml(path)["nlu"]
        if entry["intent"] != "out_of_scope"
        for line in entry["examples"].splitlines()
        if (language := foreign_language(line.removeprefix("- ")))
    ]
    assert {language for language, _ in taken} <= {"en", "fi", "nb", "da"}
    assert len(taken) <= 95
    assert not [line for language, line in taken if language == "en" and re.search("[åäö]", line)]


@pytest.mark.parametrize(
    "text",
    ["a " * 1_000, "the " * 2_000, "ж" * 5_000, "\u202e" * 500, "x" * 10_000],
    ids=["letters", "words", "one script", "nothing to see", "one word"],
)
def test_any_length_is_looked_at(text: str):
    foreign_language(text)


def noticed(text: str, intent: str) -> Message:
    message = Message({"text": text, "intent": {"name": intent, "confidence": 0.9}, "intent_ranking": []})
    [message] = OtherLanguageNoticer().process([message])
    return message


def test_another_language_becomes_the_intent_and_is_named():
    message = noticed("delete all my data please", "request_erasure")
    assert message.get("intent")["name"] == "other_language"
    assert [(found["entity"], found["value"]) for found in message.get("entities")] == [("language", "en")]


def test_a_person_asked_for_in_a_whole_sentence_is_answered_in_its_language():
    assert noticed("can i talk to someone", "ask_human").get("intent")["name"] == "other_language"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("radera allt", "request_erasure"),
        ("talk to a human", "ask_human"),
        ("yes please do", "affirm"),
        ("tak skal du have", "thank"),
        ("/request_erasure", "request_erasure"),
        ("", "nlu_fallback"),
    ],
)
def test_all_else_stays_what_it_was_understood_as(text: str, intent: str):
    message = noticed(text, intent)
    assert message.get("intent")["name"] == intent
    assert not message.get("entities")
