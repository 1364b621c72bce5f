"""A talk as one HTML page: its charts answer to the mouse, and it opens without a network."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, cast

import pandas as pd

from core.export.deck import Entry, Talk, methods_of
from core.export.picture import VEGA_LITE, converter
from core.export.style import Style, coloured, dressed, recoloured_data
from core.figure import FONT, FONT_FOLDER, INK, LINE, QUIET, WHITE, Figure, headings_of, spans_of, table_parts
from core.language import say, spoken
from core.version import __version__

# Nothing is loaded from anywhere, and no text is run as code; the scripts and styles are those of this page.
_POLICY = ("default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; font-src data:; img-src data:; "
           "form-action 'none'; base-uri 'none'")
_WEIGHTS = {400: "Inter-Regular.otf", 600: "Inter-SemiBold.otf"}
_STYLE = f"""
body {{ font: 15px/1.5 {FONT}; color: {INK}; background: {WHITE}; max-width: 1000px; margin: 0 auto; padding: 24px; }}
h1 {{ font-size: 30px; }} h2 {{ font-size: 20px; margin: 2.2em 0 .3em; }} h3 {{ font-size: 15px; margin: 1em 0 .2em; }}
p {{ margin: .25em 0; }} .foot, .quiet {{ color: {QUIET}; font-size: 12.5px; }} .wide {{ overflow-x: auto; }}
[id^="chart-"] svg {{ width: 100%; max-width: 860px; height: auto; }}
table {{ border-collapse: collapse; font-size: 13.5px; font-variant-numeric: tabular-nums; }}
th, td {{ text-align: left; padding: 3px 14px 3px 0; border-bottom: 1px solid {LINE}; vertical-align: top; }}
nav ol {{ columns: 2; column-gap: 48px; font-size: 13.5px; }} a {{ color: inherit; }}
@media (max-width: 760px) {{ nav ol {{ columns: 1; }} }}
@media print {{ nav {{ display: none; }} section {{ break-inside: avoid; }} }}
"""
_DRAW = """(() => {
  const charts = JSON.parse(document.getElementById("charts").textContent);
  charts.forEach((chart, i) => vegaEmbed("#chart-" + i, chart, {actions: false, renderer: "svg", ast: true}));
})();"""


def report_html(entries: Sequence[Entry], talk: Talk, *, style: Style | None = None,
                progress: Callable[[float], None] = lambda share: None) -> bytes:
    """Return the page: figures in their order with captions, findings, tables and footnotes, and the methods."""
    style = replace(style or Style(), title="", purpose="columns")
    charts: list[dict[str, Any]] = []
    sections, contents = [], []
    for i, entry in enumerate(entries, start=1):
        figure = dressed(entry.captioned(), style)
        sections.append(_section(figure, i, charts, coloured(style, figure)))
        contents.append(f'<li><a href="#figure-{i}">{html.escape(figure.full_title)}</a></li>')
        progress(i / (len(entries) + 1))
    title = " ".join(talk.title.split()) or say("Figures")
    listed = say("Figures")
    made_with = say("Made with Cohortscope {version}. This page loads nothing, and sends nothing.", version=__version__)
    subtitle = f'<p class="quiet">{html.escape(" ".join(talk.subtitle.split()))}</p>' if talk.subtitle.strip() else ""
    methods = "".join(f"<p>{html.escape(line)}</p>" for line in methods_of([dressed(e.figure, style) for e in entries]))
    if talk.methods and entries:
        sections.append(f"<section><h2>{say('Patients and methods')}</h2>{methods}</section>")
    return (f'<!doctype html><html lang="{spoken()}"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<style>{_fonts()}{_STYLE}</style></head><body><main><h1>{html.escape(title)}</h1>{subtitle}"
            f'<nav aria-label="{listed}"><ol>{"".join(contents)}</ol></nav>{"".join(sections)}'
            f'<p class="foot">{made_with}</p>'
            f"</main>"
            f'<script id="charts" type="application/json">{_json(charts)}</script>'
            f"<script>{_vega()}</script><script>{_DRAW}</script></body></html>").encode()


def _section(figure: Figure, place: int, charts: list[dict[str, Any]], style: Style) -> str:
    """Write a figure; its chart is noted among those that the page draws."""
    parts = [f'<section id="figure-{place}"><h2>{place}. {html.escape(figure.full_title)}</h2>']
    parts += [f"<p>{html.escape(line)}</p>" for line in figure.summary]
    if figure.chart is not None:
        parts.append(f'<div class="wide"><div id="chart-{len(charts)}" role="img" '
                     f'aria-label="{html.escape(figure.full_alt)}"></div></div>')
        charts.append(json.loads(recoloured_data(json.dumps(figure.laid_out("slide")), style)))
    tables = table_parts(figure.table)
    for words, frame in tables:
        parts += [f"<h3>{html.escape(words)}</h3>"] if len(tables) > 1 else []
        parts.append(f'<div class="wide">{_table(frame)}</div>')
    parts += [f'<p class="foot">{html.escape(line)}</p>' for line in figure.footnote()]
    return "".join([*parts, "</section>"])


def _table(frame: pd.DataFrame) -> str:
    groups = "".join(f'<th colspan="{many}" scope="colgroup">{html.escape(group)}</th>'
                     for group, many in spans_of(frame))
    names = "".join(f'<th scope="col">{html.escape(name)}</th>' for _, name in headings_of(frame))
    rows = "".join("<tr>" + "".join(f"<td>{html.escape(str(v))}</td>" for v in row) + "</tr>"
                   for row in frame.itertuples(index=False, name=None))
    above = f"<tr>{groups}</tr>" if groups else ""
    return f"<table><thead>{above}<tr>{names}</tr></thead><tbody>{rows}</tbody></table>"


def _json(charts: Sequence[dict[str, Any]]) -> str:
    """Write data for a script element, which ends at no text that stands in them."""
    text = json.dumps(charts, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


@lru_cache(maxsize=1)
def _vega() -> str:
    """Return the code that draws charts, which comes with the converter."""
    code = cast(str, converter().javascript_bundle(vl_version=VEGA_LITE))
    return code.replace("</script", "<\\/script").replace("<!--", "<\\!--")


@lru_cache(maxsize=1)
def _fonts() -> str:
    return "".join(f"@font-face{{font-family:Inter;font-weight:{weight};src:url('data:font/otf;base64,"
                   f"{base64.b64encode((FONT_FOLDER / name).read_bytes()).decode()}')}}"
                   for weight, name in _WEIGHTS.items())
