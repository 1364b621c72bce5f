"""From a click on a bar to the last visible chart redrawn, in a real Chromium on the sample cohort.

    python -m bench.click

Every drawing in the window is watched; the time runs from the mouse button to the last of their
changes, after which nothing moves for half a second.
"""

from __future__ import annotations

from statistics import median, quantiles

from playwright.sync_api import sync_playwright

from tests.browser.app import App
from tests.browser.chromium import FLAGS, chromium
from tests.browser.server import running_server

CLICKS = 20
_WATCH = """() => {
  window.changes = [];
  const seen = new MutationObserver(() => window.changes.push(performance.now()));
  const visible = [...document.querySelectorAll('[data-testid=stVegaLiteChart]')].filter(
    chart => chart.getBoundingClientRect().top < innerHeight);
  visible.forEach(chart => seen.observe(chart, {subtree: true, childList: true, attributes: true}));
  document.addEventListener('mousedown', () => { window.pressed = performance.now(); }, true);
  return visible.length;
}"""
_FIRST_PAINT = "() => performance.now()"


def main() -> None:
    path = chromium()
    if path is None:
        raise SystemExit("No Chromium: see README for how to install one.")
    with running_server() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(url)
        page.wait_for_selector(".st-key-curves svg.marks")
        print(f"first visit, first curve drawn: {page.evaluate(_FIRST_PAINT) / 1000:.2f} s")
        app = App(page, url).ready()
        charts = page.evaluate(_WATCH)
        times = []
        for i in range(CLICKS):
            level = ("Vp3", "Vp4")[i // 2 % 2]
            place = app.place("pvtt", level)
            page.evaluate("() => { window.changes = []; }")
            page.mouse.click(*place)
            page.wait_for_function(
                "() => window.changes.length && performance.now() - window.changes.at(-1) > 500")
            times.append(page.evaluate("() => window.changes.at(-1) - window.pressed"))
        browser.close()
    print(f"click to last of {charts} visible charts redrawn, {CLICKS} clicks: median "
          f"{median(times):.0f} ms, 95th percentile {quantiles(times, n=20)[-1]:.0f} ms, "
          f"longest {max(times):.0f} ms")


if __name__ == "__main__":
    main()
