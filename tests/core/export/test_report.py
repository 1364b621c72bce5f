"""A talk as one HTML page: escaped, of itself alone, with every figure, table and footnote."""

import json
import re
from dataclasses import replace

import pytest

from core.export.deck import Entry, Talk
from core.export.report import _vega, report_html
from tests.shared.every_figure import every_figure
from tests.shared.figures import km

pytestmark = pytest.mark.slow

HOSTILE = "</script><script>window.pwned=1</script><img src=x onerror=window.pwned=1>"


def page(entries, talk=None):
    return report_html(entries, talk or Talk()).decode()


def charts(text):
    return json.loads(re.search(r'<script id="charts" type="application/json">(.*?)</script>', text, re.DOTALL)[1])


@pytest.mark.parametrize("name", ["sample", "awkward"])
def test_every_figure_is_there_with_its_chart_table_and_footnote(name):
    figures = [f.ready() for f in every_figure(name).values()]
    text = page([Entry(figure=f) for f in figures], Talk(title="Talk", subtitle="2026"))
    assert len(charts(text)) == sum(f.chart is not None for f in figures)
    assert text.count("<section") == len(figures) + 1 and text.count("<table") >= len(figures)
    assert re.search(r"(src|href)=.?https?:", text.split("<script id=")[0]) is None


def test_nothing_of_the_data_is_code(sample):
    figure = km(sample).ready()
    bad = replace(figure, title=HOSTILE, summary=(HOSTILE,), notes=(HOSTILE,),
                  table=figure.table.rename(columns={"Arm": HOSTILE}).astype(object).replace("TACE+IMRT", HOSTILE),
                  layouts={room: {**chart, "datasets": {**chart["datasets"], "evil": [{"text": HOSTILE}]}}
                           for room, chart in figure.layouts.items()})
    text = page([Entry(figure=bad, caption=HOSTILE)], Talk(title=HOSTILE, subtitle=HOSTILE))
    assert not any(begin in text.replace(_vega(), "") for begin in ("<script>window.pwned", "<img"))
    assert charts(text)[0]["datasets"]["evil"] == [{"text": HOSTILE}]


def test_the_policy_lets_nothing_in(sample):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page([Entry(figure=km(sample).ready())]))[1]
    assert "default-src 'none'" in policy and "unsafe-eval" not in policy and "http" not in policy
