"""Every format that a figure can be had in."""

import io
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook
from pptx import Presentation
from pypdf import PdfReader

from core.export import FORMATS, file_name, made
from tests.shared.figures import figures

pytestmark = pytest.mark.slow


def test_every_format_opens_again(vp3):
    for figure in figures(vp3):
        files = {f.suffix: made(figure, f.suffix) for f in FORMATS}
        assert files["@2x.png"].startswith(b"\x89PNG") and len(files["@4x.png"]) > len(files["@2x.png"])
        ElementTree.fromstring(files[".svg"])
        assert figure.title.encode() in files[".svg"]
        assert len(PdfReader(io.BytesIO(files[".pdf"])).pages) == 1
        assert files[".csv"].startswith(b"\xef\xbb\xbf#")
        for line in (figure.full_title, *figure.summary, *figure.footnote()):
            assert f"# {' '.join(line.split())}\r\n" in files[".csv"].decode("utf-8-sig")
        assert load_workbook(io.BytesIO(files[".xlsx"]))["Numbers"].max_row == len(figure.drawn) + 1
        assert Presentation(io.BytesIO(files[".pptx"])).slides[0].shapes.title.text == figure.full_title
        assert file_name(figure, ".png").startswith(figure.slug)
