"""Text of a file is text: in every place of every page it asks for nothing, links to nothing and breaks no chart."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

from playwright.sync_api import expect

from tests.browser.app import App
from tests.browser.cohort_page import choose, explore, ready, to_cohort
from tests.corpus.files import workbook

PAGES = ("Explore", "Cohort", "Survival", "Hazard ratios", "Toxicity", "Response", "Slides", "Published")
KINDS = ("![i]({u}/i.png)", "<img src={u}/j.png>", "[link]({u}/k)", "{u}/l", "<a href='{u}/m'>m</a>",
         "`$\\frac{{1}}{{2}}$` :material/home: :red[r]", "<script>fetch('{u}/n')</script>",
         "<b onmouseover=fetch('{u}/o')>o")
LEVELS = ("constructor", "toString", "__proto__", "![p]({u}/p.png)", "[q]({u}/q)")


@contextmanager
def listener():
    """Yield an address of this machine and the paths that were asked for there."""
    asked = []

    class Ear(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Ear) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def hostile_files(url):
    """Return a cohort and its mapping, hostile in names, headers, levels, arms and terms."""
    kinds, levels = [k.format(u=url) for k in KINDS], [v.format(u=url) for v in LEVELS]
    factor, score, term, site = kinds[0], kinds[1], kinds[2], kinds[5]
    head = ["id", kinds[4], "time", "status", factor, score, f"AE {term}", f"AE {kinds[6]}", "best", site]
    rows = [[f"{kinds[3]}{i}", kinds[i % 2], i % 37 + 1.5, i % 3 % 2, levels[i % 5], i % 11, i % 5, (i + 2) % 4,
             ("PR", "SD", kinds[7])[i % 3], ("yes", "no")[i % 2]] for i in range(90)]
    table = "\n".join("\t".join(map(str, r)) for r in [head, *rows])
    mapping = {
        "patient_id": "id", "arm": {"column": kinds[4], "reference": kinds[0]},
        "endpoints": {kinds[3]: {"label": kinds[0], "time": "time", "event": "status", "event_values": ["1"],
                                  "unit": "months"}},
        "factors": {"f": {"column": factor, "label": factor, "kind": "categorical"},
                    "s": {"column": score, "label": score, "kind": "numeric", "unit": kinds[3]}},
        "response": {"column": "best", "label": kinds[7], "kind": "categorical", "known": "later"},
        "failure_sites": {"x": {"column": site, "label": site}},
        "adverse_events": {"columns": {f"AE {term}": {"term": term, "category": kinds[5]},
                                       f"AE {kinds[6]}": {"term": kinds[6], "category": kinds[0]}}},
    }
    name = "![n](" + url.replace("/", ":") + ").tsv"
    return [{"name": name, "mimeType": "text/plain", "buffer": table.encode()},
            {"name": "m.json", "mimeType": "application/json", "buffer": json.dumps(mapping).encode()}]


def hostile_book(url):
    """Return a workbook with a hostile name and two hostile sheets."""
    rows = [["id", "arm", "OS_months", "OS_event", KINDS[0].format(u=url)],
            *([f"p{i}", "ab"[i % 2], i + 1, i % 2, i % 3] for i in range(40))]
    name = KINDS[2].format(u=url).replace("/", "")[:31].replace("[", "(").replace("]", ")").replace(":", "")
    data = workbook([], sheets={name: rows, "![s](x)".replace("[", "(").replace("]", ")"): rows})
    return {"name": "![w](h.png).xlsx", "mimeType": "application/octet-stream", "buffer": data}


def hostile_audit(url):
    """Return a table for the audit whose texts are hostile."""
    rows = [f"\"{kind.format(u=url)}\",{i + 3},{50},{2 * i + 4},{48},0.{i + 1}" for i, kind in enumerate(KINDS)]
    text = "\n".join(["label,events_1,n_1,events_2,n_2,p", *rows])
    return {"name": "![a](b.png).csv", "mimeType": "text/csv", "buffer": text.encode()}


def open_everything(app):
    """Open each expander, popover and the export dialog of a page; rest the mouse on each chart."""
    page = app.page
    closed = page.locator("[data-testid=stExpander] details:not([open]) > summary")
    for _ in range(closed.count()):
        if closed.count():  # one that was opened may have taken others away
            closed.first.click()
            app.settled()
    for place in page.get_by_test_id("stPopover").get_by_role("button").all():
        if not place.is_enabled():
            continue
        place.click()
        app.settled()
        page.keyboard.press("Escape")
    for chart in page.locator("svg.marks").all():
        chart.scroll_into_view_if_needed()
        chart.hover()
    export = page.get_by_role("button", name="Export")
    if export.is_enabled():
        export.click()
        expect(page.get_by_role("dialog")).to_be_visible()
        app.settled()
        page.get_by_role("dialog").get_by_role("button", name="Close").click()
        app.settled()


def test_text_of_a_file_asks_for_nothing_anywhere(page, server):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    with listener() as (url, heard):
        app = to_cohort(App(page, server).open())
        app.page.locator("[data-testid=stFileUploaderDropzoneInput]").set_input_files(hostile_files(url))
        assert "90 patients" in ready(app)
        explore(app).expect_n(90)
        app.open_sidebar()
        for name in PAGES:
            app.go(name).settled()
            if name != "Published":
                expect(page.get_by_test_id("summary")).to_contain_text("90 of 90")
            open_everything(app)
            body = page.inner_text("body")
            assert "Traceback" not in body and "went wrong" not in body
            links = page.locator("a[href], img[src], iframe, object, embed").evaluate_all(
                "all => all.map(e => e.href || e.src || e.tagName)")
            assert not [link for link in links if not link.startswith((server, "data:", "blob:"))], name
        choose(app, "Table", "a table of my own")
        page.locator(".st-key-audit-file [data-testid=stFileUploaderDropzoneInput]").set_input_files(hostile_audit(url))
        expect(page.locator(".st-key-audit table")).to_be_visible()
        open_everything(app)
        to_cohort(app).upload(hostile_book(url))
        ready(app)
        open_everything(app)
        app.go("Explore").ready()
        for level in ("constructor", "__proto__", "toString"):
            app.click_bar("f", level).expect_n(18)
            app.click_bar("f", level).expect_n(90)
        assert heard == []
        outside = {a for a in asked if not a.startswith((server, "data:", "blob:", server.replace("http", "ws")))}
        assert outside == set()
