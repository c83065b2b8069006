"""Which files are taken and which are not: told by their content, whatever they are called."""

from collections.abc import AsyncIterator

import pytest

from cases.files.errors import FileRefusedError, Refusal
from cases.files.intake import Intake
from cases.files.names import attachment, safe_name

ZIP = b"PK\x03\x04" + bytes(26)


async def parts(content: bytes, size: int = 1000) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def taken(name: str, content: bytes, *, max_bytes: int = 1_000_000) -> tuple[str, bytes]:
    intake = Intake(name, parts(content), max_bytes=max_bytes)
    kind = await intake.recognise()
    return kind.name, b"".join([part async for part in intake.parts()])


@pytest.mark.parametrize(
    ("name", "content", "refusal"),
    [
        ("a.pdf", b"", Refusal.EMPTY),
        ("a.html", b"<!doctype html><script>alert(1)</script>", Refusal.UNKNOWN_TYPE),
        ("a.txt", b"\xef\xbb\xbf\n <html>", Refusal.UNKNOWN_TYPE),
        ("a.svg", b'  <svg xmlns="http://www.w3.org/2000/svg"/>', Refusal.UNKNOWN_TYPE),
        ("a.exe", b"MZ\0\0", Refusal.UNKNOWN_TYPE),
        ("a.txt", b"MZ\0\0", Refusal.UNKNOWN_TYPE),
        ("a.zip", ZIP + b"hej.txt", Refusal.UNKNOWN_TYPE),
        ("a.pdf", b"\x89PNG\r\n\x1a\n", Refusal.WRONG_EXTENSION),
        ("a.docm", ZIP + b"[Content_Types].xml", Refusal.WRONG_EXTENSION),
        ("a.html", b"hej", Refusal.WRONG_EXTENSION),
        ("a", b"%PDF-1.7", Refusal.WRONG_EXTENSION),
        ("a.txt", "Räkmacka".encode("latin-1"), Refusal.BROKEN_TEXT),
        ("a.csv", b"a;b\n" * 2000 + b"\0", Refusal.BROKEN_TEXT),
        ("a.txt", b"x" * 9000 + "ö".encode()[:1], Refusal.BROKEN_TEXT),
        ("a.pdf", b"%PDF-" + b"x" * 1_000_000, Refusal.TOO_LARGE),
    ],
)
async def test_what_is_not_on_the_list_is_refused(name, content, refusal):
    with pytest.raises(FileRefusedError) as refused:
        await taken(name, content)

    assert refused.value.refusal is refusal


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("a.pdf", b"%PDF-1.7" + bytes(range(256)) * 90, "application/pdf"),
        ("a.csv", "namn;ort\nKarl;Umeå\n".encode() * 999, "text/csv"),
        ("a.txt", "namn;ort\nKarl;Umeå\n".encode(), "text/plain"),
        ("a.json", b'\xef\xbb\xbf {"a": 1}', "application/json"),
        ("a.jpeg", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("a.xlsx", ZIP + b"[Content_Types].xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("a.docx", ZIP + b"word/x", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (
            "a.odt",
            ZIP + b"mimetypeapplication/vnd.oasis.opendocument.textPK",
            "application/vnd.oasis.opendocument.text",
        ),
        ("a.wav", b"RIFF\0\0\0\0WAVEfmt ", "audio/wav"),
        ("a.mp3", b"ID3\x04", "audio/mpeg"),
    ],
)
async def test_what_officers_need_is_taken_byte_for_byte(name, content, media_type):
    assert await taken(name, content) == (media_type, content)


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("Lönespec mars.PDF", "Lönespec mars.pdf"),
        ("..\\..\\etc/passwd.txt", "passwd.txt"),
        ("/", "fil"),
        (".htaccess", "htaccess"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie x.pdf"),
        ('a"b;c.pdf', "abc.pdf"),
        ("faktura\u202efdp.exe", "fakturafdp.exe"),
        ("con.pdf", "fil-con.pdf"),
        ("Nul .txt", "fil-Nul.txt"),
        ("o\u0308.pdf", "ö.pdf"),
        ("x" * 300 + ".pdf", "x" * 80 + ".pdf"),
        ("   .pdf", "pdf"),
    ],
)
def test_a_name_is_made_harmless(given, safe):
    assert safe_name(given) == safe
    assert safe_name(safe) == safe


def test_a_browser_is_told_to_save_the_file_under_its_name():
    header = attachment("Lönespec mars.pdf")

    assert header == "attachment; filename=\"Lonespec mars.pdf\"; filename*=UTF-8''L%C3%B6nespec%20mars.pdf"
