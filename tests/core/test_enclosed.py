"""Every format that can leads back to its view; no other file is taken for one, whatever is in it."""

import io
import json
import random
import zipfile
from dataclasses import replace

import pytest

from core.enclosed import enclosed
from core.export import FORMATS, NATIVE, Entry, Talk, deck_pptx, made
from core.intake import SessionFile, is_session
from tests.conftest import SAMPLE
from tests.shared.figures import km

pytestmark = pytest.mark.slow
KEPT = (".png", ".svg", ".pdf", ".pptx", "-picture.pptx", NATIVE, ".docx", ".xlsx")
SESSION = SessionFile(name="队列 <&> \"1\".csv", fingerprint="0" * 64, mapping={"arm": {"column": "治疗组 <a>&'"}},
                      page="Survival", endpoint="OS", by="arm", steps=[{"pvtt": {"in": ["Vp3", "<b>&amp;"]}}])


@pytest.fixture(scope="module")
def figure(sample):
    plain = km(sample)
    return replace(plain, provenance=replace(plain.provenance, view=json.dumps(json.loads(SESSION.to_bytes()),
                                                                               ensure_ascii=False)))


@pytest.mark.parametrize("suffix", KEPT)
def test_a_saved_figure_leads_back(figure, sample, suffix):
    data = made(figure, suffix)
    assert is_session(data) and SessionFile.from_bytes(data) == SESSION
    assert not is_session(made(km(sample), suffix))


def test_so_does_a_talk(figure):
    assert SessionFile.from_bytes(deck_pptx([Entry(figure=figure)], Talk(title="A talk"))) == SESSION


@pytest.mark.parametrize("suffix", [f.suffix for f in FORMATS if f.suffix not in KEPT])
def test_data_and_plain_pixels_hold_no_view(figure, suffix):
    assert not is_session(made(figure, suffix))


@pytest.mark.parametrize("suffix", KEPT)
def test_a_damaged_file_is_no_session_or_one_that_is_told_apart(figure, suffix):
    data, chance = made(figure, suffix), random.Random(suffix)
    for _ in range(60):
        broken = bytearray(data[:chance.randrange(1, len(data))] if chance.random() < 0.4 else data)
        for _ in range(chance.randrange(8)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        enclosed(bytes(broken))  # says something, and never fails


def test_tables_are_tables():
    assert enclosed(SAMPLE.read_bytes()) is None and enclosed(b"") is None
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("customXml/item1.xml", f'<view xmlns="urn:cohortscope:view">{"x" * 5 * 1024**2}</view>')
    assert enclosed(out.getvalue()) is None  # a part that large is not looked into


def test_no_patient_is_in_the_view(figure, sample):
    ids = set(sample.patients["patient_id"].astype(str)) if "patient_id" in sample.patients else {"P001"}
    assert not any(one in figure.provenance.view for one in ids)
