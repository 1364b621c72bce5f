"""PNG, TIFF and EPS of a figure with as many pixels per inch as are asked for, which the file says."""

from __future__ import annotations

import io
import zlib
from typing import Any, cast

from core.enclosed import KEY
from core.errors import CohortError
from core.export.picture import converter, svg
from core.export.style import Style
from core.figure import Figure
from core.format import plain_number

PIXELS = (".png", ".tiff", ".eps")  # formats that are made of them
_MOST = 150_000_000  # pixels of a picture


def png(figure: Figure, style: Style | None = None) -> bytes:
    """Draw a PNG."""
    from PIL.PngImagePlugin import PngInfo

    out = io.BytesIO()
    style = style or Style()
    texts = PngInfo()
    if figure.provenance.view:
        texts.add_itxt(KEY, figure.provenance.view, zip=True)
    _image(figure, style).save(out, "PNG", dpi=(style.dpi, style.dpi), pnginfo=texts)
    return out.getvalue()


def tiff(figure: Figure, style: Style | None = None) -> bytes:
    """Draw a TIFF, compressed without loss (LZW)."""
    out = io.BytesIO()
    style = style or Style()
    _image(figure, style).save(out, "TIFF", compression="tiff_lzw", dpi=(style.dpi, style.dpi))
    return out.getvalue()


def eps(figure: Figure, style: Style | None = None) -> bytes:
    """Draw an EPS of level 3 whose picture has this many pixels per inch, on white: PostScript knows no transparency.

    Source: Adobe, PostScript Language Reference, third edition, 4.10 (images) and 3.13.3 (filters).
    """
    style = style or Style()
    image = _image(figure, style)
    if image.mode in ("RGBA", "LA"):
        from PIL import Image

        ground = Image.new("RGBA", image.size, "white")
        ground.alpha_composite(image.convert("RGBA"))
        image = ground.convert("L" if image.mode == "LA" else "RGB")
    across, down = image.size
    width, height = (v * 72 / style.dpi for v in image.size)
    space, decode = ("/DeviceGray", "[0 1]") if image.mode == "L" else ("/DeviceRGB", "[0 1 0 1 0 1]")
    head = (f"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 {-int(-width // 1)} {-int(-height // 1)}\n"
            f"%%HiResBoundingBox: 0 0 {plain_number(round(width, 3))} {plain_number(round(height, 3))}\n"
            "%%LanguageLevel: 3\n%%EndComments\n"
            f"gsave {plain_number(round(width, 4))} {plain_number(round(height, 4))} scale\n{space} setcolorspace\n"
            f"<< /ImageType 1 /Width {across} /Height {down} /BitsPerComponent 8 /Decode {decode}\n"
            f"/ImageMatrix [{across} 0 0 -{down} 0 {down}]\n"
            "/DataSource currentfile /ASCII85Decode filter /FlateDecode filter >> image\n")
    return head.encode() + _ascii85(zlib.compress(image.tobytes(), 6)) + b"\ngrestore\nshowpage\n%%EOF\n"


def png_of(drawing: bytes, *, scale: float) -> bytes:
    """Draw a PNG of an SVG at `scale` pixels per point."""
    return cast(bytes, converter().svg_to_png(drawing.decode("utf-8"), scale=scale))


def too_many(across: float, down: float, times: float) -> bool:
    """Tell whether a picture of such a size, so many times as fine, has more pixels than are made."""
    return across * down * times ** 2 > _MOST


def _image(figure: Figure, style: Style) -> Any:
    """Draw a figure in pixels: of grey alone where it is grey, with transparency where it has no background."""
    from PIL import Image

    drawing = svg(figure, style).decode("utf-8")
    across, down = (float(drawing.partition(f' {side}="')[2].partition('"')[0]) for side in ("width", "height"))
    if too_many(across, down, style.dpi / 72):
        raise CohortError(f"This picture would have more than {_MOST // 10**6:,} million pixels.",
                          "Choose fewer pixels per inch, a smaller place, or PDF or SVG, which have none.")
    image = Image.open(io.BytesIO(converter().svg_to_png(drawing, scale=1, ppi=style.dpi)))
    grey, clear = style.colours == "Greys", style.transparent
    return image.convert({(True, True): "LA", (True, False): "L", (False, True): "RGBA", (False, False): "RGB"}[
        grey, clear])


def _ascii85(data: bytes) -> bytes:
    """Write bytes as PostScript reads them, in lines of at most 80 letters."""
    import base64

    text = base64.a85encode(data)
    return b"\n".join(text[i:i + 80] for i in range(0, len(text), 80)) + b"~>"
