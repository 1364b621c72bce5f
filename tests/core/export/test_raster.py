"""Pixels: as many per inch as the file says, of grey alone where it is grey, clear where it has no background."""

import io
import re
import shutil
import subprocess
import zlib
from base64 import a85decode

import pytest
from PIL import Image

from core.errors import CohortError
from core.export.raster import eps, png, tiff
from core.export.style import PRESETS, Style
from tests.shared.every_figure import every_figure
from tests.shared.figures import km

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("dpi", [300, 600])
@pytest.mark.parametrize("purpose", ["column", "half"])
def test_pixels_and_the_inch_that_the_file_says_are_the_place_s_width(sample, purpose, dpi):
    style = Style(purpose=purpose, dpi=dpi)
    for data in (png(km(sample), style), tiff(km(sample), style)):
        image = Image.open(io.BytesIO(data))
        assert image.width == pytest.approx(PRESETS[purpose].width / 72 * dpi, abs=2)
        assert image.info["dpi"] == pytest.approx((dpi, dpi), abs=0.1)
    assert image.info["compression"] == "tiff_lzw"


def test_grey_and_clear_pictures_have_such_pixels(sample):
    modes = {(grey, clear): Image.open(io.BytesIO(png(km(sample), Style(
        purpose="column", dpi=100, colours="Greys" if grey else "Calm", transparent=clear)))) for grey in (True, False)
        for clear in (True, False)}
    assert {key: image.mode for key, image in modes.items()} == {
        (True, True): "LA", (True, False): "L", (False, True): "RGBA", (False, False): "RGB"}
    assert modes[False, True].getpixel((3, 3))[3] == 0 and modes[False, False].getpixel((3, 3)) == (255, 255, 255)


@pytest.mark.parametrize("style", [Style(purpose="column", dpi=300), Style(purpose="column", dpi=300, colours="Greys"),
                                   Style(purpose="column", dpi=300, transparent=True)])
def test_an_eps_holds_the_picture_at_its_size(sample, style):
    data = eps(km(sample), style)
    head, _, rest = data.partition(b" image\n")
    across, down = (int(re.search(rf"/{side} (\d+)".encode(), head)[1]) for side in ("Width", "Height"))
    box = re.search(rb"%%HiResBoundingBox: 0 0 ([\d.]+) ([\d.]+)", head)
    assert float(box[1]) == pytest.approx(PRESETS["column"].width, abs=0.5)
    pixels = zlib.decompress(a85decode(rest.partition(b"~>")[0].replace(b"\n", b"")))
    assert len(pixels) == across * down * (1 if style.colours == "Greys" else 3)
    assert pixels[:3] == b"\xff\xff\xff"
    if shutil.which("gs"):
        ran = subprocess.run(["gs", "-q", "-dNOPAUSE", "-dBATCH", "-dSAFER", "-dEPSCrop", "-sDEVICE=nullpage", "-"],
                             input=data, capture_output=True, check=False, timeout=60)
        assert ran.returncode == 0 and not ran.stdout


def test_a_picture_of_too_many_pixels_is_refused_in_words():
    forest = every_figure("sample")["subgroups"].ready()
    with pytest.raises(CohortError, match="million pixels"):
        png(forest, Style(dpi=1200))
    assert png(forest, Style(purpose="columns", dpi=300)).startswith(b"\x89PNG")
