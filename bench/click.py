"""From a click to the last visible chart redrawn, in a real Chromium, on every page; and a brush that is followed.

    python -m bench.click [PATIENTS]

On the sample cohort, or on a simulated one of so many patients that is uploaded first. Every drawing in the
window is watched; the time runs from the mouse button to the last of their changes, after which nothing moves
for half a second. Each page is a new visit, and each click leads to a cohort that was not asked for before: no result
is a kept one. On Explore the mouse rests on the bars first, and the browser draws curves itself: from the button to
these is said, too. Beside each time stands its ratio to that of a page that does nothing but count clicks, measured in
the same run. A brush: how far the frames lie apart in which curves follow it, from a movement of the mouse to the
drawing, and from letting go to the exact curves.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import Browser, Locator, Page, sync_playwright

from bench.simulate import simulate
from tests.browser.app import App
from tests.browser.chromium import FLAGS, chromium
from tests.browser.server import running_server

CLICKS, VISITS, _RELEASES = 20, 6, 8
DIFFERENT = 31  # clicks that come to no choice of levels twice
_LEVELS = (("pvtt", "Vp3"), ("pvtt", "Vp4"), ("tumor_number", "multiple"), ("etiology", "HBV"), ("t_stage", "T3b"))
_PAGES = (  # name, a text that stands there when all is drawn, heights of the window: of a laptop, and of a high screen
    ("Survival", "Survival at chosen times", (900,)),
    ("Hazard ratios", "The treatment within subgroups", (900, 2000)),  # the model and the forest of subgroups
    ("Toxicity", "One term: who had it", (900, 1400)),  # the rates, differences, grades and the volcano
)
_WATCH = """() => {
  window.changes = [];
  window.answers = [];
  const seen = new MutationObserver(() => window.changes.push(performance.now()));
  const answered = new MutationObserver(() => window.answers.push(performance.now()));
  const visible = [...document.querySelectorAll('[data-testid=stVegaLiteChart]')].filter(
    chart => chart.getBoundingClientRect().top < innerHeight);
  const all = {subtree: true, childList: true, attributes: true};
  visible.forEach(chart => seen.observe(chart, all));
  document.querySelectorAll('.cs-live').forEach(chart => answered.observe(chart, all));
  document.addEventListener('mousedown', () => { window.pressed = performance.now(); }, true);
  return visible.length;
}"""
_DRAWN = "() => document.querySelectorAll('.st-key-curves svg.marks path').length"


_FIRST = """() => {
  const look = () => {
    if (document.querySelector('.st-key-curves svg.marks')) window.firstCurve = performance.now();
    else requestAnimationFrame(look);
  };
  look();
}"""
_LEAST = """() => {
  window.times = [];
  document.addEventListener('mousedown', () => { window.pressed = performance.now(); }, true);
  new MutationObserver(() => {
    const now = document.querySelector('#count')?.textContent;
    if (now !== window.count) { window.count = now; window.times.push(performance.now() - window.pressed); }
  }).observe(document.body, {subtree: true, childList: true, characterData: true});
}"""
# A mouse that tells its place 125 times a second; frames are counted as the browser draws them.
_DRAG = """([left, width, y]) => new Promise(done => {
  const plot = document.elementFromPoint(left + width / 2, y).closest('.cs-plot'), live = window.cohortscope.live;
  const frames = [], lag = [], follow = live.follow;
  let moved = 0, i = 0;
  live.follow = (...given) => {
    const out = follow.apply(live, given);
    lag.push(performance.now() - moved);
    return out;
  };
  const mouse = setInterval(() => {
    moved = performance.now();
    const at = left + width * 0.15 + Math.abs(i++ * 2 % (1.5 * width) - 0.75 * width);
    plot.dispatchEvent(new PointerEvent('pointermove', {bubbles: true, pointerId: 1, clientX: at, clientY: y}));
  }, 8);
  const frame = () => {
    frames.push(performance.now());
    if (frames.length < 300) { requestAnimationFrame(frame); return; }
    clearInterval(mouse);
    delete live.follow;
    done([frames, lag]);
  };
  requestAnimationFrame(frame);
})"""


def main(patients: int) -> None:
    path = chromium()
    if path is None:
        raise SystemExit("No Chromium: see README for how to install one.")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as scratch:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        with running_server("-m", "streamlit", "run", "bench/least_app.py") as url:
            least = _least(browser.new_page(), url)
        with running_server() as url:
            _explore_and_others(browser, url, patients, Path(scratch), least)
        browser.close()


def _least(page: Page, url: str) -> float:
    """Return the milliseconds that a click needs where nothing is computed or drawn."""
    page.goto(url)
    page.wait_for_selector("#count")
    page.wait_for_timeout(1000)
    page.evaluate(_LEAST)
    for _ in range(CLICKS):
        page.get_by_role("button", name="Press").click()
        page.wait_for_timeout(300)
    times = page.evaluate("() => window.times")[1:]
    page.close()
    print(f"a click that computes nothing: median {median(times):.0f} ms, "
          f"95th percentile {quantiles(times, n=20)[-1]:.0f} ms", flush=True)
    return float(median(times))


def _explore_and_others(browser: Browser, url: str, patients: int, scratch: Path, least: float) -> None:
    visits = [_visit(browser, url) for _ in range(VISITS)]
    first, *later = (one.page.evaluate("() => window.firstCurve") / 1000 for one in visits)
    for one in visits:
        one.page.context.close()
    print(f"first curve drawn: {first:.2f} s for the server's first visitor, median of {len(later)} more with nothing "
          f"in their caches {median(later):.2f} s")
    file = simulate(patients, scratch) if patients else None
    app = _visit(browser, url, file)
    print(f"{app.n():,} patients")
    app.chart("pvtt").locator(".cs-levels").hover()
    app.page.wait_for_function("() => window.cohortscope?.live?.index?.key === 'pvtt'")
    said(least, "Explore", app, lambda i: app.click_bar(*toggled(i)))
    _brush(app)
    app.page.context.close()
    for page, seen, heights in _PAGES:
        for height in heights:
            app = _visit(browser, url, file)
            app.go(page).page.get_by_text(seen).wait_for()
            app.page.set_viewport_size({"width": 1440, "height": height})
            pills = app.settled().open_sidebar()
            said(least, f"{page}, window of 1440 x {height}", app, partial(_by_pill, pills))
            if page == "Survival":
                print(f"elements of the curves' drawing: {app.page.evaluate(_DRAWN)}")
            app.page.context.close()


def _visit(browser: Browser, url: str, file: Path | None = None) -> App:
    """Visit as one who was never here, and wait until all is drawn; load a file if there is one."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.add_init_script(f"({_FIRST})()")
    page.goto(url)
    app = App(page, url).ready()
    if file:
        _load(app, file)
    return app


def toggled(i: int) -> tuple[str, str]:
    """Return the column and level of click i of `DIFFERENT`: of a Gray code."""
    return _LEVELS[(i + 1 & -i - 1).bit_length() - 1]


def _by_pill(pills: Locator, i: int) -> None:
    pills.get_by_role("button", name=f"{toggled(i)[1]} ·").click()


def _brush(app: App) -> None:
    """Say how smoothly curves follow a brush, and how soon the exact ones come."""
    page, key = app.settled().page, "afp"
    plot = app.chart(key).locator(".cs-plot")
    plot.hover()
    page.wait_for_function(f"() => window.cohortscope?.live?.index?.key === '{key}'")
    box = plot.bounding_box()
    assert box
    where = [box["x"], box["width"], box["y"] + 30]
    still, _ = page.evaluate(_DRAG, where)
    page.mouse.move(box["x"] + box["width"] * 0.1, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + 30)
    frames, lag = page.evaluate(_DRAG, where)
    page.mouse.up()
    exact = [_released(app, key, i) for i in range(_RELEASES)]
    print(f"A brush: {_apart(frames)}, movement to drawing median {median(lag):.1f} ms; the same mouse without "
          f"a range: {_apart(still)}; let go to the exact curves, {_RELEASES} ranges: median {median(exact):.0f} ms, "
          f"longest {max(exact):.0f} ms", flush=True)


def _released(app: App, key: str, i: int) -> float:
    """Drag over a range of which nothing is kept; return the milliseconds from letting go to the exact curves."""
    page = app.settled().page
    page.locator(f".st-key-remove-{key} button").filter(visible=True).first.click()
    app.settled().drag(key, 0.1 + 0.05 * i, 0.9 - 0.03 * i)
    page.wait_for_timeout(300)
    page.evaluate(_WATCH)
    page.evaluate("() => document.addEventListener('pointerup', () => { window.pressed = performance.now(); }, true)")
    page.mouse.up()
    page.wait_for_function("() => window.changes.length && performance.now() - window.changes.at(-1) > 500")
    return float(page.evaluate("() => window.changes[0] - window.pressed"))


def _apart(frames: list[float]) -> str:
    """Say how far frames lie apart."""
    apart = [b - a for a, b in pairwise(frames)]
    return (f"{len(frames)} frames, apart median {median(apart):.1f} ms, 95th percentile "
            f"{quantiles(apart, n=20)[-1]:.1f} ms")


def _load(app: App, file: Path) -> None:
    app.go("Cohort")
    app.page.get_by_text("Load a cohort").wait_for()
    app.upload(file).page.get_by_role("button", name="Explore this cohort").click(timeout=120_000)
    app.ready()


def said(least: float, where: str, app: App, click: Callable[[int], None]) -> None:
    """Time some clicks and say how long they took."""
    page, times, first, answers = app.settled().page, [], [], []
    charts = page.evaluate(_WATCH)
    for i in range(CLICKS):
        page.evaluate("() => { window.changes = []; window.answers = []; }")
        click(i)
        page.wait_for_function("() => window.changes.length && performance.now() - window.changes.at(-1) > 500")
        times.append(page.evaluate("() => window.changes.at(-1) - window.pressed"))
        first.append(page.evaluate("() => window.changes[0] - window.pressed"))
        answers += page.evaluate("() => window.answers.slice(0, 1).map(at => at - window.pressed)")
    if answers:
        print(f"{where}: click to curves that the browser drew: median {median(answers):.0f} ms, longest "
              f"{max(answers):.0f} ms")
    print(f"{where}: click to last of {charts} visible charts redrawn, {CLICKS} clicks: median {median(times):.0f} ms "
          f"({median(times) / least:.1f} times the least; first change {median(first):.0f} ms), "
          f"95th percentile {quantiles(times, n=20)[-1]:.0f} ms, longest {max(times):.0f} ms", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
