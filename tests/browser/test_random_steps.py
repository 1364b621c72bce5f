"""Clicks, brushes, chips, groups, steps, pages, reloading at full speed: each counts once, and all shown agrees.

RANDOM_STEPS sets how many; also with the browser's processor slowed six times, and with a server that is 200 ms away.
What should be on is kept by a model of its own, in plain sets and pairs of numbers.
"""

from __future__ import annotations

import os
import random
import re
from dataclasses import dataclass, replace

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from core import Cohort
from tests.browser.app import App
from tests.browser.far_away import delayed

STEPS = int(os.environ.get("RANDOM_STEPS", "60"))
LEVELS = {"pvtt": ("none", "Vp2", "Vp3", "Vp4"), "hvtt": ("no", "yes"), "sex": ("F", "M"), "ecog": ("0", "1", "2")}
NUMBERS = ("afp", "age", "tumor_size")


@dataclass(frozen=True)
class Model:
    """One variable's filter: the named levels, or ranges in words; whether what is named is left out."""

    named: frozenset[str] = frozenset()
    excludes: bool = False

    def passes(self, values) -> np.ndarray:
        inside = np.zeros(len(values), bool)
        for one in self.named:
            inside |= _within(values, one) if one[0] in "≥>≤<" else np.asarray(values == one)
        return inside != self.excludes


def _within(values, words: str) -> np.ndarray:
    inside = np.ones(len(values), bool)
    for sign, text in re.findall(r"([≥>≤<]) ([\d,.]+)", words):
        at = float(text.replace(",", ""))
        inside &= {"≥": values >= at, ">": values > at, "≤": values <= at, "<": values < at}[sign].to_numpy()
    return inside


class Walk:
    """What a person does, in the browser and in a model beside it."""

    def __init__(self, app: App, cohort: Cohort, seed: int) -> None:
        self.app, self.cohort, self.random = app, cohort, random.Random(seed)
        self.steps: list[dict[str, Model]] = [{}]
        self.at = self.groups = 0

    @property
    def filters(self) -> dict[str, Model]:
        return self.steps[self.at]

    def put_on(self, key: str, model: Model | None) -> None:
        after = {k: m for k, m in self.filters.items() if k != key} | ({key: model} if model and model.named else {})
        if after != self.filters:
            self.steps = [*self.steps[:self.at + 1], after]
            self.at += 1

    def click(self, *, exclude: bool = False) -> None:
        key = self.random.choice(list(LEVELS))
        level = self.random.choice(LEVELS[key])
        self.app.level(key, level).click(modifiers=["Alt"] if exclude else [])
        before = self.filters.get(key, Model())
        if exclude and not before.excludes:
            before = Model(excludes=True)
        self.put_on(key, replace(before, named=before.named ^ {level}))

    def click_to_exclude(self) -> None:
        self.click(exclude=True)

    def invert(self) -> None:
        if self.filters:
            key = self.random.choice(list(self.filters))
            self.app.chart(key).get_by_role("button", name="exclude what is named").click()
            self.put_on(key, replace(self.filters[key], excludes=not self.filters[key].excludes))

    def brush(self) -> None:
        key = self.random.choice(NUMBERS)
        start, stop = sorted(self.random.sample(range(2, 98), 2))
        if stop - start < 4:
            return
        self.app.drag(key, start / 100, stop / 100, steps=4)
        self.app.page.mouse.up()
        words = self.app.chart(key).get_by_role("slider").first.get_attribute("aria-valuetext") or ""
        named = frozenset() if words == "all values" else frozenset({re.sub(r" [^\d\s]*$", "", words)})
        self.put_on(key, replace(self.filters.get(key, Model()), named=named))

    def chip(self) -> None:
        if self.filters:
            key = self.random.choice(list(self.filters))
            # Streamlit keeps a widget that another displaced, hidden, as long as the focus might be in it.
            self.app.page.locator(f".st-key-remove-{key} button").filter(visible=True).first.click()
            self.put_on(key, None)

    def undo(self) -> None:
        if self.at:
            self.app.page.get_by_role("button", name="Undo").click()
            self.at -= 1

    def redo(self) -> None:
        if self.at < len(self.steps) - 1:
            self.app.page.get_by_role("button", name="Redo").click()
            self.at += 1

    def jump(self) -> None:
        """Go to any of the steps; beyond fifty the oldest are no longer kept."""
        if 1 < len(self.steps) < 50:
            to = self.random.choice([i for i in range(len(self.steps)) if i != self.at])
            self.app.settled().page.get_by_role("button", name="Steps").click()
            self.app.page.locator(f".st-key-step-{to} button").click()
            self.at = to
            self.app.page.keyboard.press("Escape")

    def group(self) -> None:
        """Save the selection as a group: all patients are selected again, which is a step."""
        if self.filters and self.groups < 4:
            self.app.settled().page.get_by_role("button", name="Save as group").click()
            self.groups += 1
            self.steps = [*self.steps[:self.at + 1], {}]
            self.at += 1

    def pages(self) -> None:
        self.app.go(self.random.choice(("Cohort", "Toxicity")))
        expect(self.app.page.locator(".cs-chart").first).to_be_hidden()
        self.app.go("Explore")
        expect(self.app.page.locator(".cs-chart").first).to_be_visible()

    def reload(self) -> None:
        """F5, once the page has answered: the view stays, the steps before it are gone."""
        self.agrees()
        self.app.settled().page.reload()
        self.app.ready()
        self.steps, self.at = [self.filters], 0

    def step(self) -> str:
        acts = (self.reload, self.click, self.brush, self.click_to_exclude, self.invert, self.chip, self.undo,
                self.redo, self.pages, self.jump, self.group)
        act = self.random.choices(acts, (1, 10, 5, 3, 2, 2, 3, 2, 1, 1, 1))[0]
        act()
        self.app.page.wait_for_timeout(self.random.choice((0, 20, 60, 250)))
        return act.__name__

    def agrees(self) -> bool:
        """Tell whether n, chips, pressed bars and their counts are the model's."""
        passes = np.ones(self.cohort.n, bool)
        for key, model in self.filters.items():
            passes &= model.passes(self.cohort.patients[key])
        expect(self.app.page.locator(".cs-chip")).to_have_count(len(self.filters))
        expect(self.app.chart("named-groups")).to_have_count(int(self.groups > 1))
        self.app.expect_n(int(passes.sum()))
        for key, model in self.filters.items():
            chip = self.app.page.locator(f".st-key-chip-{key}")
            expect(chip).to_contain_text("not (" if model.excludes else self.cohort.variable(key).label)
            for one in model.named:
                expect(chip).to_contain_text(one)
        for key, levels in LEVELS.items():
            named = self.filters.get(key, Model()).named
            for level in levels:
                expect(self.app.level(key, level)).to_have_attribute("aria-pressed", str(level in named).lower())
            shown = [int(text.split("/")[0]) for text in self.app.counts(key)]
            counted = self.cohort.patients[key][passes].value_counts()
            assert shown == counted.reindex(levels).fillna(0).astype(int).tolist()
        return True


@pytest.mark.parametrize(("slower", "away", "seed"), [(1, 0, 1), (6, 0, 2), (1, 200, 3)],
                         ids=["at full speed", "six times slower", "a server far away"])
def test_every_step_counts_once(app: App, sample: Cohort, slower: int, away: int, seed: int):
    if away:
        delayed(app, away)
    slowed(app.page, slower)
    walk, done = Walk(app, sample, seed), []
    for i in range(STEPS):
        done.append(walk.step())
        if i % 12 == 11:
            assert walk.agrees(), done


def slowed(page: Page, times: int) -> None:
    """Slow the browser's processor."""
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": times})


def test_clicks_of_one_moment_count_in_their_order(app: App):
    """Bars and buttons, clicked before the server has answered the first of them."""
    app.click_bar("sex", "M").settled()
    app.page.evaluate("""() => {
      const bar = (key, place) => document.querySelectorAll(`.cs-chart[data-key='${key}'] .cs-level`)[place].click();
      const button = (key) => document.querySelector(`.st-key-${key} button`).click();
      bar("pvtt", 2); button("remove-sex"); bar("hvtt", 0); button("undo");
    }""")
    expect(app.page.locator(".cs-chip")).to_have_count(1)
    expect(app.page.locator(".st-key-chip-pvtt")).to_contain_text("Vp3")
    app.expect_n(38)


def test_buttons_of_one_moment_count_in_their_order_among_clicks(app: App):
    """A bar, Undo, a bar, a chip's cross, a bar, in whatever order the server hears the buttons."""
    app.click_bar("sex", "M").settled()
    app.click_bar("ecog", "1").settled()
    app.page.evaluate("""() => {
      const bar = (key, place) => document.querySelectorAll(`.cs-chart[data-key='${key}'] .cs-level`)[place].click();
      const button = (key) => document.querySelector(`.st-key-${key} button`).click();
      bar("hvtt", 0); button("undo"); bar("pvtt", 2); button("remove-sex"); bar("pvtt", 3);
    }""")
    expect(app.page.locator(".cs-chip")).to_have_count(2)
    expect(app.page.locator(".st-key-chip-pvtt")).to_contain_text("Vp4")
    app.settled()
    assert app.chips() == ["ECOG 1", "PVTT grade Vp3, Vp4"]


def test_a_button_that_is_pressed_twice_in_one_moment_counts_twice(app: App):
    app.click_bar("sex", "M").settled()
    app.click_bar("ecog", "1").settled()
    app.page.evaluate("""() => {
      const bar = (key, place) => document.querySelectorAll(`.cs-chart[data-key='${key}'] .cs-level`)[place].click();
      const undo = () => document.querySelector(".st-key-undo button").click();
      bar("hvtt", 0); undo(); bar("pvtt", 2); bar("pvtt", 3); undo();
    }""")
    expect(app.page.locator(".st-key-chip-pvtt")).to_contain_text("Vp3")
    app.settled()
    assert app.chips() == ["Sex M", "ECOG 1", "PVTT grade Vp3"]
    app.page.evaluate("""() => {
      const undo = () => document.querySelector(".st-key-undo button").click();
      undo(); document.querySelectorAll(".cs-chart[data-key='hvtt'] .cs-level")[0].click(); undo(); undo();
    }""")  # Vp3 goes, "no" comes and goes, ECOG 1 goes
    expect(app.page.locator(".cs-chip")).to_have_count(1)
    app.settled()
    assert app.chips() == ["Sex M"]


def test_export_opens_with_what_was_clicked_in_one_moment_with_it(app: App):
    """Export has no callback: it counts only where its part is drawn anew, and a click before does not need that."""
    app.click_bar("hvtt", "no").settled()
    app.page.evaluate("""() => {
      document.querySelectorAll(".cs-chart[data-key='pvtt'] .cs-level")[2].click();
      document.querySelector(".st-key-export button").click();
    }""")
    expect(app.page.get_by_role("dialog").locator(".cs-preview img")).to_be_visible()
    app.page.keyboard.press("Control+z")  # not while a dialog shows the figures of these patients
    app.page.keyboard.press("Escape")
    expect(app.page.get_by_role("dialog")).to_have_count(0)
    assert app.settled().chips() == ["HVTT no", "PVTT grade Vp3"]


def test_undo_and_redo_count_before_what_they_are_of_is_answered(app: App):
    """On the page there is nothing to undo yet, or to redo: that is no reason to drop the press."""
    def press(key: str) -> None:  # as a mouse would: Playwright waits for a button that is disabled
        app.page.evaluate("key => document.querySelector(`.st-key-${key} button`).click()", key)

    delayed(app, 300)
    app.level("pvtt", "Vp3").click()
    press("undo")
    app.expect_n(82)
    assert app.chips() == []
    app.level("pvtt", "Vp4").click()
    app.page.keyboard.press("Control+z")
    app.expect_n(82)
    assert app.chips() == []
    app.level("pvtt", "Vp4").click()
    press("undo")
    press("redo")
    app.expect_n(27)
    assert app.chips() == ["PVTT grade Vp4"]
    app.level("hvtt", "no").click()
    app.page.get_by_role("button", name="Reset").click()
    app.expect_n(82)
    app.page.get_by_role("button", name="Reset").click()
    expect(app.page.get_by_text("There is no filter to take away.")).to_be_visible()


def test_a_widget_of_the_sidebar_counts_beside_a_click(app: App):
    sidebar = app.open_sidebar()
    app.settled()
    pill = sidebar.get_by_role("button", name="Vp3 ·").element_handle()
    app.page.evaluate("""(pill) => {
      document.querySelector(".cs-chart[data-key='sex'] .cs-level").click();
      pill.click();
    }""", pill)
    expect(app.page.locator(".cs-chip")).to_have_count(2)
    app.settled()
    expect(app.page.locator(".cs-chip")).to_have_count(2)


@pytest.mark.parametrize("pause", [0, 120, 240, 360])
def test_the_address_says_what_is_on_though_clicks_overlap_on_their_way(app: App, pause: int):
    """The second click is sent with the address of before the first: its answer must tell it anew."""
    delayed(app, 300)
    app.level("pvtt", "Vp4").click()
    app.page.wait_for_timeout(pause)
    app.level("pvtt", "Vp4").click()
    app.expect_n(82)
    expect(app.page).not_to_have_url(re.compile("filters="))
    app.page.reload()
    app.ready().expect_n(82)


_ACTS = """async ([acts]) => {
  const bar = (key, place) => document.querySelectorAll(`.cs-chart[data-key='${key}'] .cs-level`)[place].click();
  const button = async (key) => {  // of a chip, which comes with the server's answer
    while (!document.querySelector(`.st-key-${key} button`)) await wait(20);
    document.querySelector(`.st-key-${key} button`).click();
  };
  const not = (key) => [...document.querySelectorAll(`.cs-chart[data-key='${key}'] .cs-tool`)].find(
    (tool) => tool.textContent === "not").click();
  const link = (name) => [...document.querySelectorAll(".st-key-menu a")].find(
    (one) => one.textContent.includes(name)).click();
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  for (const [what, ...args] of acts) await ({ bar, button, not, link, wait })[what](...args);
}"""
_PAUSE = ("wait", 40)


@pytest.mark.parametrize(("acts", "on"), [
    ([("bar", "pvtt", 2), _PAUSE, ("button", "remove-ecog"), _PAUSE], ["PVTT grade Vp3"]),
    ([("button", "remove-ecog"), _PAUSE, ("bar", "pvtt", 2), _PAUSE], ["PVTT grade Vp3"]),
    ([("bar", "hvtt", 0), _PAUSE, ("bar", "pvtt", 2), _PAUSE, ("button", "undo"), _PAUSE], ["ECOG 0", "HVTT no"]),
    ([("bar", "pvtt", 2)], ["ECOG 0", "PVTT grade Vp3"]), ([("button", "remove-ecog")], [])])
def test_what_was_done_just_before_another_page_counts_there_and_after_it(app: App, acts: list, on: list[str]):
    delayed(app, 200)
    app.click_bar("ecog", "0").settled()
    app.page.evaluate(_ACTS, [[*acts, ("link", "Toxicity")]])
    expect(app.page.locator(".cs-chart").first).to_be_hidden()
    app.settled()
    assert app.chips() == on
    app.go("Explore")
    expect(app.page.locator(".cs-chart").first).to_be_visible()
    app.settled()
    assert app.chips() == on


@pytest.mark.parametrize(("begin", "acts", "on"), [
    ([("bar", "hvtt", 0), ("not", "hvtt")], [("button", "remove-hvtt"), ("wait", 5), ("bar", "hvtt", 1)], ["HVTT yes"]),
    ([("bar", "pvtt", 3), ("wait", 1500), ("button", "remove-pvtt")],
     [("button", "undo"), ("wait", 5), ("not", "pvtt")], ["PVTT grade not (Vp4)"])])
def test_a_button_that_is_not_answered_yet_decides_what_a_click_after_it_means(app: App, begin: list, acts: list,
                                                                               on: list[str]):
    app.page.evaluate(_ACTS, [begin])
    app.settled().page.evaluate(_ACTS, [acts])
    app.settled()
    assert app.chips() == on
