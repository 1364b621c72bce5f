"""Every format that a figure can be had in."""

import io
import zipfile
from xml.etree import ElementTree

import pandas as pd
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
        assert files[".png"].startswith(b"\x89PNG") and files[".tiff"].startswith((b"II*", b"MM"))
        assert files[".eps"].startswith(b"%!PS-Adobe-3.0 EPSF-3.0")
        ElementTree.fromstring(files[".svg"])
        assert figure.title.encode() in files[".svg"]
        assert len(PdfReader(io.BytesIO(files[".pdf"])).pages) == 1
        packed = zipfile.ZipFile(io.BytesIO(files[".zip"]))
        numbers, notes = (packed.read(name) for name in packed.namelist())
        assert numbers == files[".csv"] and len(pd.read_csv(io.BytesIO(numbers))) == len(figure.drawn)
        for line in (figure.full_title, *figure.summary, *figure.footnote()):
            assert f"{line}\r\n" in notes.decode("utf-8-sig")
        assert load_workbook(io.BytesIO(files[".xlsx"]))["Numbers"].max_row == len(figure.drawn) + 1
        assert Presentation(io.BytesIO(files[".pptx"])).slides[0].shapes.title.text.startswith(figure.full_title)
        assert file_name(figure, ".png").startswith(figure.slug)
