"""Take the README's pictures: python -m tests.browser.screenshots FOLDER"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.app import App
from tests.browser.chromium import FLAGS, chromium
from tests.browser.cohort_page import file, ready, to_cohort
from tests.browser.server import running_server
from tests.corpus.files import chinese


def export_and_slides(app: App, folder: Path) -> None:
    app.page.get_by_role("button", name="Export").click()
    app.page.locator(".cs-preview img").wait_for()
    app.settled().page.screenshot(path=folder / "export.png")
    app.page.get_by_role("dialog").get_by_role("button", name="Close").click()
    app.settled().go("Slides")
    app.page.get_by_role("button", name="Standard slides").click()
    app.page.locator(".st-key-deck").wait_for()
    app.page.mouse.move(0, 0)  # else the button's help stands over the page
    app.settled().page.screenshot(path=folder / "slides.png")


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with running_server() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        app = App(page, url).open()
        app.click_bar("pvtt", "Vp3").expect_n(38)
        app.click_bar("pvtt", "Vp4").expect_n(65)
        page.mouse.move(720, 880)
        app.settled()
        page.screenshot(path=folder / "explore.png")
        export_and_slides(app, folder)
        app.go("Survival")
        page.get_by_text("Survival at chosen times").wait_for()
        page.set_viewport_size({"width": 1440, "height": 1300})
        app.ready()
        page.screenshot(path=folder / "survival.png")
        app.go("Hazard ratios")
        page.get_by_text("The treatment within subgroups").wait_for()
        page.locator(".st-key-forest svg.marks").wait_for()
        app.settled()
        page.screenshot(path=folder / "hazard_ratios.png")
        app.go("Toxicity")
        page.locator(".st-key-toxicity svg.marks").first.wait_for()
        page.get_by_role("radio", name="In categories").click()
        page.set_viewport_size({"width": 1440, "height": 1300})
        app.settled()
        page.screenshot(path=folder / "toxicity.png")
        app.go("Response")
        page.locator(".st-key-failure svg.marks").wait_for()
        page.set_viewport_size({"width": 1440, "height": 900})
        app.settled()
        page.screenshot(path=folder / "response.png")
        page.get_by_role("button", name="Reset").click()
        app.expect_n(82).go("Published")
        page.locator(".st-key-widths svg.marks").wait_for()
        page.get_by_role("radio", name="does not agree").click()
        app.settled()
        page.screenshot(path=folder / "published.png")
        to_cohort(app).upload(file("登记表.csv", chinese(), "gb18030"))
        ready(app)
        app.settled()
        page.screenshot(path=folder / "cohort.png")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
