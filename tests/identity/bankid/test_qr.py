"""The animated QR code against BankID's published vectors."""

import json
from pathlib import Path

import pytest
from lxml import etree

from identity.bankid import qr_svg, qr_text

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "bankid.json").read_text())["qr"]


@pytest.mark.parametrize("elapsed_s", [int(time) for time in VECTORS["hmac"]])
def test_a_frame_is_prefix_token_time_and_code(elapsed_s):
    text = qr_text(VECTORS["qrStartToken"], VECTORS["qrStartSecret"], elapsed_s)

    assert text == f"bankid.{VECTORS['qrStartToken']}.{elapsed_s}.{VECTORS['hmac'][str(elapsed_s)]}"


def test_the_secret_is_not_in_the_frame():
    assert VECTORS["qrStartSecret"] not in qr_text(VECTORS["qrStartToken"], VECTORS["qrStartSecret"], 7)


def test_the_svg_is_one_titled_image_on_a_light_ground():
    svg = etree.fromstring(qr_svg("bankid.token.0.code", title="QR-kod & mer"))

    assert svg.tag == "{http://www.w3.org/2000/svg}svg"
    assert svg.find("{http://www.w3.org/2000/svg}title").text == "QR-kod & mer"
    assert "viewBox" in svg.attrib
    assert "#fff" in {element.get("fill") for element in svg.iter()}


def test_two_frames_are_two_images():
    frames = {qr_svg(qr_text("token", "secret", time), title="x") for time in range(30)}

    assert len(frames) == 30
