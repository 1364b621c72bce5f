"""The language in a real Chromium: the browser's first, the switch of the menu, the link, exports; numbers stay."""

import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pptx import Presentation

from tests.browser.app import App
from tests.browser.chromium import WORST
from tests.browser.test_slides import add

_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def switch(app: App, language: str) -> App:
    app.page.locator(".st-key-language-of-the-page").get_by_text(language, exact=True).click()
    return app.settled()


def numbers(app: App) -> list[str]:
    """Return the numbers of the table under the curves, of the tests, and of the adverse events."""
    return _NUMBER.findall(" ".join(app.page.locator("table.cs-table, [data-testid=log-rank] b").all_inner_texts()))


def in_chinese(browser: Browser, server: str, path: str = "") -> Page:
    page = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900}).new_page()
    page.set_default_timeout(WORST)
    page.goto(server + path)
    return page


_LATE_WORDS = """() => {
  let kept, brought = false;
  Object.defineProperty(globalThis, "cohortscopeWords", {
    get: () => kept,
    set: (words) => { brought = true; setTimeout(() => { kept = words; }, 3000); },
  });
  globalThis.wordsAreBrought = () => brought && !kept;
}"""


@pytest.mark.parametrize("locale, label", [("en-GB", "Find a level or a bound"), ("zh-CN", "查找水平或界限")])
def test_what_the_browser_draws_waits_for_the_texts_of_the_page(browser, server, locale, label):
    """They are a module of their own, and may come after those that draw with them."""
    context = browser.new_context(locale=locale, viewport={"width": 1440, "height": 900})
    context.add_init_script(f"({_LATE_WORDS})()")
    page = context.new_page()
    page.set_default_timeout(WORST)
    page.goto(server)
    page.wait_for_function("() => globalThis.wordsAreBrought()")
    expect(page.locator(".cs-chart")).to_have_count(0)
    expect(page.locator(".cs-typed")).to_have_attribute("aria-label", label)
    context.close()


def test_a_filter_and_the_switch_in_one_moment_both_count(app: App):
    """One of them draws parts of the page anew, the other all of it."""
    app.open_sidebar()
    app.settled().page.evaluate("""() => {
      [...document.querySelectorAll(".cs-pill")].find((one) => one.textContent.startsWith("Vp3 ·")).click();
      const words = [...document.querySelectorAll(".st-key-language-of-the-page *")];
      words.findLast((one) => one.textContent === "中文").click();
    }""")
    expect(app.page.locator(".st-key-menu").get_by_role("link", name="生存")).to_be_visible()
    app.settled()
    assert app.chips() == ["PVTT grade Vp3"] and "38 例" in app.summary
    expect(app.page.locator(".cs-side")).to_have_text("筛选")


def test_the_switch_changes_words_and_no_number_and_back_again(app: App):
    english, before = numbers(app), app.summary
    switch(app, "中文")
    expect(app.page.locator(".st-key-menu")).to_contain_text("探索")
    expect(app.page.locator("html")).to_have_attribute("lang", "zh")  # a screen reader reads in it
    expect(app.page.get_by_test_id("summary")).to_contain_text("82 例患者中 82 例")
    expect(app.page.locator(".st-key-curves")).to_contain_text("风险集人数")
    expect(app.page.get_by_role("button", name="撤销")).to_be_visible()
    expect(app.page.locator(".cs-typed")).to_have_attribute("placeholder", re.compile("查找"))
    assert numbers(app.settled()) == english
    switch(app, "English")
    expect(app.page.locator(".st-key-curves")).to_contain_text("Number at risk")
    expect(app.page.get_by_test_id("summary")).to_have_text(before)


def test_a_filter_stays_and_clicks_go_on_in_the_other_language(app: App):
    app.click_bar("pvtt", "Vp3").expect_n(38)
    switch(app, "中文")
    expect(app.page.get_by_test_id("summary")).to_contain_text("82 例患者中 38 例")
    app.click_bar("pvtt", "Vp4").settled()
    expect(app.page.get_by_test_id("summary")).to_contain_text("82 例患者中 65 例")
    app.page.get_by_role("button", name="撤销").click()
    expect(app.page.get_by_test_id("summary")).to_contain_text("82 例患者中 38 例")


def test_reloading_and_other_pages_keep_the_language(app: App):
    switch(app, "中文")
    app.page.reload()
    app.ready()
    expect(app.page.locator(".st-key-menu")).to_contain_text("探索")
    app.go("毒性")
    expect(app.page.get_by_text("检验与区间")).to_be_visible()
    app.settled().page.reload()
    expect(app.page.get_by_text("检验与区间")).to_be_visible()


def test_a_browser_in_chinese_begins_in_chinese_and_a_link_says_otherwise(browser: Browser, server: str):
    app = App(in_chinese(browser, server), server).ready()
    expect(app.page.locator(".st-key-menu")).to_contain_text("探索")
    expect(app.page.get_by_role("button", name="带我看看")).to_be_visible()
    app.page.get_by_role("button", name="带我看看").click()
    expect(app.page.get_by_role("dialog")).to_contain_text("点击条形")
    app.page.context.close()
    other = App(in_chinese(browser, server, "?language=en"), server).ready()
    expect(other.page.locator(".st-key-menu")).to_contain_text("Explore")
    other.page.context.close()


@pytest.mark.parametrize("path", ["Cohort", "Survival", "Hazard_ratios", "Toxicity", "Response", "Published", "Slides"])
def test_no_page_speaks_english_in_chinese(browser: Browser, server: str, path: str):
    """What is left in Latin letters holds no English sentence: names of the data, of tests and of programs."""
    page = in_chinese(browser, server, f"/{path}")
    expect(page.locator(".st-key-menu")).to_contain_text("探索")
    App(page, server).settled()
    words = page.locator("[data-testid=stMain]").inner_text()
    assert not re.search(r"\b(?:the|of the|is not|are|with|which|choose|patients)\b", re.sub(
        r"Medicine 2023.*|200MB per file|[Ff]ail.*|.*SHA-256.*", "", words)), words
    page.context.close()


def test_an_export_speaks_the_page_s_language_or_the_one_that_is_asked_for(app: App):
    switch(app, "中文")
    app.page.get_by_role("button", name="导出").click()
    dialog = app.page.get_by_role("dialog")
    expect(dialog.locator(".cs-preview img")).to_be_visible()
    assert "总生存，按治疗组" in slide_of(app, dialog)
    dialog.get_by_text("名称、坐标轴、颜色").click()
    dialog.get_by_text("English", exact=True).click()
    expect(dialog.locator(".cs-preview img")).to_have_attribute("alt", re.compile("Overall survival by arm"))
    assert "Overall survival by arm" in slide_of(app, dialog)


def slide_of(app: App, dialog) -> str:
    """Save the dialog's first figure as a slide; return its texts."""
    app.settled()
    with app.page.expect_download() as waiting:
        dialog.locator("[class*=st-key-export-km][class*=pptx] button").first.click()
    slide = Presentation(io.BytesIO(Path(waiting.value.path()).read_bytes())).slides[0]
    return "\n".join(s.text_frame.text for s in slide.shapes if s.has_text_frame)


def test_what_was_chosen_stays_chosen_after_the_next_click(app: App):
    """A browser tells choices by their words: those of the former language must not take the arm out of a model."""
    app.go("Hazard ratios")
    expect(app.page.get_by_text("The treatment within subgroups")).to_be_visible()
    app.settled().choose(app.page.locator(".st-key-forest-sort").get_by_role("combobox"), "events")
    rows = app.settled().page.locator(".st-key-model svg.marks text").all_text_contents()
    assert any("TACE+IMRT+sorafenib" in text for text in rows)
    for language, endpoint in (("中文", "PFS"), ("English", "OS")):
        switch(app, language)
        app.page.locator(".st-key-cox-options").get_by_text(endpoint, exact=True).click()
        app.settled()
        rows = app.page.locator(".st-key-model svg.marks text").all_text_contents()
        assert any("TACE+IMRT+sorafenib" in text for text in rows), language
        sorted_by = app.page.locator(".st-key-forest-sort").get_by_role("combobox")
        assert ("事件" if language == "中文" else "events") in (
            sorted_by.input_value() or app.page.locator(".st-key-forest-sort").inner_text())


def test_a_talk_is_made_anew_in_the_other_language_in_its_order(app: App):
    add(app, "Add all")
    switch(app, "中文")
    app.go("幻灯片")
    rows = app.page.locator(".st-key-deck [data-testid=stMarkdown]")
    expect(rows.first).to_contain_text("Overall survival by arm")
    before = app.settled().page.locator("[class*=st-key-deck-row]").count()
    app.page.get_by_role("button", name="全部改为").click()
    expect(rows.first).to_contain_text("总生存，按治疗组")
    assert app.settled().page.locator("[class*=st-key-deck-row]").count() == before
