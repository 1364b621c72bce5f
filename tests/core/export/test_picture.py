"""Pictures: the font, and markup in names."""

import io
from xml.etree import ElementTree

import pytest

from core import read_cohort
from core.charts import (
    composition_figure,
)
from core.export.picture import svg
from core.export.raster import png
from core.export.style import Style
from tests.shared.figures import km
from tests.shared.files import MARKUP, marked_cohort

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def marked():
    return marked_cohort()


def test_the_font_is_the_shipped_one_and_chinese_is_drawn(sample):
    """Inter's outlines differ from a fallback's, and Han characters are no empty boxes."""
    text = "id,治疗组,OS_months,OS_event\n" + "".join(
        f"p{i},{'对照组' if i % 2 else '试验组'},{i + 1},{i % 3 > 0:d}\n" for i in range(20))
    cohort = read_cohort(io.BytesIO(text.encode()))
    figure = km(cohort)
    assert "试验组" in svg(figure).decode()
    boxes = km(read_cohort(io.BytesIO(text.replace("对照组", "\ufff0\ufff0\ufff0").encode())))
    assert png(figure, Style(bare=True, dpi=72)) != png(boxes, Style(bare=True, dpi=72))


def test_markup_is_drawn_as_the_characters_it_is(marked):
    key = next(f.key for f in marked.mapping.factors)
    assert marked.levels(key) == tuple(sorted(MARKUP, key=marked.levels(key).index))
    for figure, words in ((km(marked), MARKUP[:2]), (composition_figure(marked, key), MARKUP),
                          (km(marked, by=key), MARKUP)):
        drawing = "".join(ElementTree.fromstring(svg(figure)).itertext())
        for word in words:
            assert word[:15] in drawing, (figure.slug, word)  # a long name ends in an ellipsis
