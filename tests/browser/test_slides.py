"""The Slides page in a real Chromium: figures of several pages, ordered, captioned, and made into one presentation."""

import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pptx import Presentation

from tests.browser.app import App
from tests.browser.cohort_page import to_cohort
from tests.browser.far_away import delayed
from tests.browser.test_session_file import saved as saved_session


def add(app: App, button: str = "Add to the slides") -> App:
    app.page.get_by_role("button", name="Export").click()
    dialog = app.page.get_by_role("dialog")
    expect(dialog.locator(".cs-preview img")).to_be_visible()
    app.settled()
    dialog.get_by_role("button", name=button).click()
    expect(dialog.get_by_text("on the page Slides")).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    return app.settled()


def rows(app: App) -> list[str]:
    return app.page.locator(".st-key-deck [data-testid=stMarkdown]").all_inner_texts()


def saved(app: App) -> list:
    app.page.get_by_role("button", name="Make the presentation").click()
    with app.page.expect_download() as waiting:
        app.page.get_by_role("button", name="Save the presentation").click()
    return list(Presentation(io.BytesIO(Path(waiting.value.path()).read_bytes())).slides)


def test_a_talk_from_two_pages_in_its_order(app: App):
    app.click_bar("pvtt", "Vp3").expect_n(38)
    add(app)
    app.click_bar("pvtt", "Vp4").expect_n(65)  # what was added stays of 38
    app.go("Response")
    expect(app.page.get_by_text("Best response").first).to_be_visible()
    add(app.settled(), "Add all")
    app.go("Slides")
    expect(app.page.locator(".st-key-deck")).to_be_visible()
    before = rows(app.settled())
    assert "PVTT grade Vp3, 38 of 82" in before[0] and len(before) > 2 and "65 of 82" in before[1]
    app.page.locator("[class*=st-key-deck-down-] button").first.click()
    expect(app.page.locator(".st-key-deck [data-testid=stMarkdown]").first).to_contain_text("65 of 82")
    app.settled()
    app.page.locator("[class*=st-key-deck-out-] button").last.click()
    expect(app.page.locator(".st-key-deck [data-testid=stMarkdown]")).to_have_count(len(before) - 1)
    app.settled().page.get_by_label("Title", exact=True).fill("Vp3 <b>alone</b>")
    app.page.keyboard.press("Tab")
    app.settled().page.locator("[class*=st-key-deck-caption-] input").nth(1).fill("What we saw")
    app.page.keyboard.press("Tab")
    slides = saved(app.settled())
    titles = [slide.shapes.title.text for slide in slides]
    assert titles[0] == "Vp3 <b>alone</b>" and titles[-1] == "Patients and methods"
    second = next(s for s in slides if "38 of 82" in s.shapes.title.text)
    assert any(s.has_text_frame and s.text_frame.text.startswith("What we saw") for s in second.shapes)


@pytest.mark.parametrize("width", [1440, 820])
def test_the_standard_slides_of_the_study_in_one_click(app: App, width: int):
    app.page.set_viewport_size({"width": width, "height": 1000})
    app.go("Slides")
    app.page.get_by_role("button", name="Standard slides").click()
    expect(app.page.locator(".st-key-deck [data-testid=stMarkdown]")).to_have_count(6)
    assert app.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    titles = [slide.shapes.title.text for slide in saved(app.settled())]
    for words in ("Baseline by arm", "Overall survival by arm", "Progression-free survival by arm", "within subgroups",
                  "Best response by arm", "Adverse events by arm"):
        assert any(words in title for title in titles), words
    app.page.get_by_role("button", name="Take all out").click()
    expect(app.page.get_by_text("No figure yet")).to_be_visible()


def test_one_figure_for_each_group(app: App):
    app.click_bar("sex", "M").expect_n(70)
    app.page.get_by_role("button", name="Export").click()
    dialog = app.page.get_by_role("dialog")
    expect(dialog.locator(".cs-preview img")).to_be_visible()
    app.settled().choose(dialog.get_by_label("The same for each"), "for each PVTT grade")
    dialog.get_by_role("button", name="Add for each").click()
    expect(dialog.get_by_text("4 figures on the page Slides")).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    app.settled().go("Slides")
    expect(app.page.locator(".st-key-deck [data-testid=stMarkdown]")).to_have_count(4)
    assert all(f"PVTT grade {level}" in row and "Sex M" in row for level, row in
               zip(("none", "Vp2", "Vp3", "Vp4"), rows(app), strict=True))


def test_a_saved_session_brings_the_talk_back(page, server):
    app = App(page, server).open()
    app.click_bar("pvtt", "Vp3").expect_n(38)
    app.go("Slides")
    page.get_by_role("button", name="Standard slides").click()
    expect(page.locator(".st-key-deck [data-testid=stMarkdown]")).to_have_count(6)
    app.settled().page.locator("[class*=st-key-deck-caption-] input").nth(1).fill("What we saw")
    page.keyboard.press("Tab")
    app.settled().page.get_by_label("Title", exact=True).fill("Vp3")
    page.keyboard.press("Tab")
    before, session = rows(app.settled()), saved_session(app)
    text = session["buffer"].decode()
    assert "P001" not in text and "What we saw" in text
    page.goto(server)
    to_cohort(app.ready())
    app.upload(session)
    app.expect_n(38)  # and the page is that of then
    expect(page.locator(".st-key-deck [data-testid=stMarkdown]")).to_have_count(6)
    assert rows(app.settled()) == before
    expect(page.locator("[class*=st-key-deck-caption-] input").nth(1)).to_have_value("What we saw")
    assert saved(app)[0].shapes.title.text == "Vp3"


def test_the_report_opens_without_a_network_and_answers_to_the_mouse(app: App, tmp_path):
    app.go("Slides")
    app.page.get_by_role("button", name="Standard slides").click()
    expect(app.page.locator(".st-key-deck [data-testid=stMarkdown]")).to_have_count(6)
    app.settled()
    for form, begin in (("PDF", b"%PDF"), ("HTML report", b"<!doctype html>")):
        app.page.get_by_test_id("stButtonGroup").get_by_text(form, exact=True).click()
        app.settled().page.get_by_role("button", name="Make the presentation").click()
        with app.page.expect_download() as waiting:
            app.page.get_by_role("button", name="Save the presentation").click()
        data = Path(waiting.value.path()).read_bytes()
        assert data.startswith(begin)
    (tmp_path / "report.html").write_bytes(data)
    context = app.page.context.browser.new_context(offline=True)
    page, troubles, asked = context.new_page(), [], []
    page.on("console", lambda message: troubles.append(message.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"file://{tmp_path}/report.html")
    expect(page.locator("svg.marks")).to_have_count(5)
    page.locator("#chart-0 .mark-symbol path").nth(5).hover(force=True)
    expect(page.locator("#vg-tooltip-element")).to_be_visible()
    assert troubles == [] and [url for url in asked if not url.startswith(("file:", "data:"))] == []
    context.close()


def test_names_axes_and_colours_are_changed_beside_the_preview(app: App):
    app.page.get_by_role("button", name="Export").click()
    dialog = app.page.get_by_role("dialog")
    expect(dialog.locator(".cs-preview img")).to_be_visible()
    before = dialog.locator(".cs-preview img").get_attribute("src")
    app.settled()
    dialog.get_by_text("Names, axes, colours").click()
    app.settled()
    for label, text in (("TACE+IMRT", "Control"), ("Name of the endpoint", "Survival since TACE"),
                        ("Ends at month", "24")):
        dialog.get_by_label(label, exact=True).fill(text)
        app.page.keyboard.press("Tab")
        app.settled()
    expect(dialog.locator(".cs-preview img")).not_to_have_attribute("src", before or "")
    dialog.get_by_role("button", name="Add all").click()
    expect(dialog.get_by_text("on the page Slides")).to_be_visible()
    text = app.download("Overall survival by arm", "SVG").decode()
    assert "Survival since TACE" in text and ">Control<" in text and ">36<" not in text
    dialog.get_by_role("button", name="Close").click()
    app.settled().go("Slides")
    assert "Survival since TACE" in rows(app.settled())[0]
    app.go("Explore").ready()  # and it is kept with the figure
    again = app.download("Overall survival by arm", "SVG").decode()
    assert "Survival since TACE" in again
    dialog.get_by_text("Names, axes, colours").click()
    app.settled()
    dialog.get_by_role("button", name="As it was").click()
    app.settled()
    last = app.download("Overall survival by arm", "SVG").decode()
    assert "Survival since TACE" not in last  # nor in the view that it encloses


def test_picture_and_table_go_into_the_clipboard(app: App):
    app.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    app.click_bar("pvtt", "Vp3").expect_n(38)
    app.page.get_by_role("button", name="Export").click()
    dialog = app.page.get_by_role("dialog")
    expect(dialog.locator(".cs-preview img")).to_be_visible()
    app.settled()
    dialog.get_by_role("button", name="Copy the picture").click()
    expect(dialog.get_by_role("button", name="Copied")).to_be_visible()
    assert app.page.evaluate("async () => (await navigator.clipboard.read())[0].types") == ["image/png"]
    expect(dialog.get_by_role("button", name="Copied")).to_have_count(0)
    dialog.get_by_role("button", name="Copy the table").click()
    expect(dialog.get_by_role("button", name="Copied")).to_be_visible()
    text = app.page.evaluate("""async () => {
      const [item] = await navigator.clipboard.read();
      return [await (await item.getType("text/html")).text(), await (await item.getType("text/plain")).text()];
    }""")
    assert "<td>TACE+IMRT</td><td>24</td>" in text[0] and "TACE+IMRT\t24\t" in text[1]


def test_rows_are_dragged_to_another_place(app: App):
    app.go("Slides")
    app.page.get_by_role("button", name="Standard slides").click()
    expect(app.page.locator(".st-key-deck [data-testid=stMarkdown]")).to_have_count(6)
    app.settled()
    names = [row.split(". ", 1)[1] for row in rows(app)]

    def drag(start: int, stop: int, *, let_go: bool = True) -> None:
        grips = app.page.locator(".st-key-deck .cs-grip")
        grips.nth(start).scroll_into_view_if_needed()
        begin, end = grips.nth(start).bounding_box(), grips.nth(stop).bounding_box()
        app.page.mouse.move(begin["x"] + 5, begin["y"] + 5)
        app.page.mouse.down()
        app.page.mouse.move(begin["x"] + 5, end["y"] + end["height"] * (1 if stop > start else 0), steps=6)
        expect(app.page.locator(".cs-drop")).to_be_visible()
        if not let_go:
            app.page.keyboard.press("Escape")
        app.page.mouse.up()
        expect(app.page.locator(".cs-drop")).to_be_hidden()

    drag(0, 3)
    expect(app.page.locator(".st-key-deck [data-testid=stMarkdown]").nth(3)).to_contain_text(names[0])
    names.insert(3, names.pop(0))
    app.settled()
    drag(5, 1)
    expect(app.page.locator(".st-key-deck [data-testid=stMarkdown]").nth(1)).to_contain_text(names[5])
    names.insert(1, names.pop(5))
    app.settled()
    drag(0, 2, let_go=False)
    assert [row.split(". ", 1)[1] for row in rows(app.settled())] == names


def test_a_second_press_is_of_the_same_figure(app: App):
    delayed(app, _AWAY)
    app.go("Slides")
    app.page.get_by_role("button", name="Standard slides of this study").click()
    titles = app.page.locator(".st-key-deck [data-testid=stMarkdown]")
    expect(titles.nth(4)).to_be_visible()
    names = [row.split(". ", 1)[1] for row in rows(app.settled())]
    pressed_twice(app, "deck-down-")
    expect(titles.nth(2)).to_contain_text(names[0])
    assert [row.split(". ", 1)[1] for row in rows(app)] == [*names[1:3], names[0], *names[3:]]
    pressed_twice(app, "deck-out-")
    expect(titles).to_have_count(len(names) - 1)
    assert [row.split(". ", 1)[1] for row in rows(app)] == [names[2], names[0], *names[3:]]


_AWAY = 1500  # milliseconds, within which both presses are sent


def pressed_twice(app: App, key: str) -> None:
    """Press the first button whose key begins so twice before the first press is answered; wait until both are."""
    button = app.page.locator(f"[class*=st-key-{key}] button").first
    button.click()
    app.page.wait_for_timeout(250)
    button.click()
    app.page.wait_for_timeout(_AWAY + 250)
    app.settled()


def test_a_figure_of_the_talk_is_changed_where_it_stands(app: App):
    app.click_bar("pvtt", "Vp3").expect_n(38)
    add(app)
    app.page.get_by_role("button", name="Reset").click()
    app.expect_n(82).go("Slides")
    app.page.locator("[class*=st-key-deck-change-] button").first.click()
    dialog = app.page.get_by_role("dialog")
    expect(dialog.locator(".cs-preview img")).to_be_visible()
    before = dialog.locator(".cs-preview img").get_attribute("src")
    app.settled()
    dialog.get_by_label("TACE+IMRT", exact=True).fill("Control")
    app.page.keyboard.press("Tab")
    expect(dialog.locator(".cs-preview img")).not_to_have_attribute("src", before)
    app.settled()
    dialog.get_by_text("one more", exact=True).click()
    app.settled()
    dialog.get_by_label("Title", exact=True).fill("Survival of Vp3")
    app.page.keyboard.press("Tab")
    app.settled()
    dialog.get_by_role("button", name="Keep").click()
    expect(dialog).to_be_hidden()
    expect(app.page.locator(".st-key-deck [data-testid=stMarkdown]")).to_contain_text("Survival of Vp3")
    slides = [s for s in saved(app.settled()) if "Survival of Vp3" in s.shapes.title.text]
    assert all("38 of 82" in slide.shapes.title.text for slide in slides)
    table = next(shape.table for slide in slides for shape in slide.shapes if shape.has_table)
    cells = [[c.text for c in row.cells] for row in table.rows]
    months = next(row for row in cells if row[0].startswith("Median"))
    assert re.match(r"\d+\.\d\d \(", months[cells[0].index("Control")]), cells
