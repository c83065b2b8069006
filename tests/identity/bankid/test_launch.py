"""Launch links for a table of real User-Agent headers."""

from urllib.parse import parse_qs, urlsplit

import pytest

from identity.bankid.launch import Browser, Device, Platform, device_of, launch_link, return_url

PAGE = "https://chat.example/chat/bankid/return"
WITH_NONCE = f"{PAGE}?nonce=n0nce"
IOS = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
ANDROID = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"

# user agent, platform, browser, base, redirect, returnUrl
TABLE = [
    (f"{WINDOWS} Chrome/126.0.0.0 Safari/537.36", "desktop", "chrome", "bankid:///", "null", WITH_NONCE),
    (f"{WINDOWS} Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0", "desktop", "edge", "bankid:///", "null", WITH_NONCE),
    (f"{WINDOWS} Chrome/126.0 Safari/537.36 OPR/111.0.0.0", "desktop", "opera", "bankid:///", "null", WITH_NONCE),
    (
        "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
        "desktop",
        "firefox",
        "bankid:///",
        "null",
        WITH_NONCE,
    ),
    (  # a Mac, and an iPad that says it is one
        f"{MAC} Version/17.5 Safari/605.1.15",
        "desktop",
        "safari",
        "bankid:///",
        "null",
        WITH_NONCE,
    ),
    (f"{IOS} Version/17.5 Mobile/15E148 Safari/604.1", "ios", "safari", "https://app.bankid.com/", PAGE, WITH_NONCE),
    (
        f"{IOS} CriOS/126.0.6478.35 Mobile/15E148 Safari/604.1",
        "ios",
        "chrome",
        "https://app.bankid.com/",
        "googlechromes://",
        "googlechromes://",
    ),
    (
        f"{IOS} FxiOS/127.0 Mobile/15E148 Safari/605.1.15",
        "ios",
        "firefox",
        "https://app.bankid.com/",
        "firefox://",
        "firefox://",
    ),
    (
        f"{IOS} Version/17.0 EdgiOS/125.0.2535.60 Mobile/15E148 Safari/604.1",
        "ios",
        "edge",
        "https://app.bankid.com/",
        "null",
        None,
    ),
    (f"{IOS} Version/17.5 Mobile/15E148 Safari/604.1 OPT/4.7", "ios", "opera", "https://app.bankid.com/", "null", None),
    (f"{IOS} Mobile/15E148 [FBAN/FBIOS]", "ios", "other", "https://app.bankid.com/", "null", None),
    (
        f"{ANDROID} Chrome/126.0.0.0 Mobile Safari/537.36",
        "android",
        "chrome",
        "https://app.bankid.com/",
        "null",
        WITH_NONCE,
    ),
    (
        f"{ANDROID} SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36",
        "android",
        "samsung",
        "https://app.bankid.com/",
        "null",
        WITH_NONCE,
    ),
    (
        f"{ANDROID} Chrome/126.0.0.0 Mobile Safari/537.36 EdgA/125.0",
        "android",
        "edge",
        "https://app.bankid.com/",
        "null",
        WITH_NONCE,
    ),
    (
        "Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0",
        "android",
        "firefox",
        "https://app.bankid.com/",
        "null",
        WITH_NONCE,
    ),
    ("", "desktop", "other", "bankid:///", "null", WITH_NONCE),
]


@pytest.mark.parametrize(("user_agent", "platform", "browser", "base", "redirect", "returned_to"), TABLE)
def test_how_a_browser_opens_the_app_and_is_found_again(user_agent, platform, browser, base, redirect, returned_to):
    device = device_of(user_agent)

    assert device == Device(Platform(platform), Browser(browser))
    link = launch_link(device, "t0ken", page=PAGE)
    assert link.startswith(f"{base}?")
    assert parse_qs(urlsplit(link).query) == {"autostarttoken": ["t0ken"], "redirect": [redirect]}
    assert return_url(device, page_with_nonce=WITH_NONCE) == returned_to


@pytest.mark.parametrize("user_agent", [row[0] for row in TABLE])
def test_the_link_that_the_page_sees_never_holds_the_nonce(user_agent):
    assert "n0nce" not in launch_link(device_of(user_agent), "t0ken", page=PAGE)


def test_in_development_the_link_opens_the_simulators_page():
    link = launch_link(device_of(""), "t0ken", page=PAGE, base="http://127.0.0.1:8704/")

    assert link == "http://127.0.0.1:8704/?autostarttoken=t0ken&redirect=null"
