"""Clicks, brushes, chips, undo and page switches at full speed: each counts once, and everything shown agrees.

RANDOM_STEPS sets how many; also with the browser's processor slowed six times, and with a server that is 200 ms away.
"""

from __future__ import annotations

import os
import random
import re

import pytest
from playwright.sync_api import Page, expect

from core import Cohort, Filters
from tests.browser.app import App

STEPS = int(os.environ.get("RANDOM_STEPS", "60"))
LEVELS = {"pvtt": ("none", "Vp2", "Vp3", "Vp4"), "hvtt": ("no", "yes"), "sex": ("F", "M"), "ecog": ("0", "1", "2")}
SIGNS = {"≥": "ge", ">": "gt", "≤": "le", "<": "lt"}


class Walk:
    """What a person does, in the browser and in a model beside it."""

    def __init__(self, app: App, cohort: Cohort, seed: int) -> None:
        self.app, self.cohort, self.random = app, cohort, random.Random(seed)
        self.filters, self.history = Filters(), []

    def put_on(self, filters: Filters) -> None:
        if filters.key != self.filters.key:
            self.history.append(self.filters)
            self.filters = filters

    def click(self) -> None:
        key = self.random.choice(list(LEVELS))
        level = self.random.choice(LEVELS[key])
        self.app.click_bar(key, level)
        self.put_on(self.filters.toggled(key, level))

    def brush(self) -> None:
        key = self.random.choice(("afp", "age", "tumor_size"))
        start, stop = sorted(self.random.sample(range(2, 98), 2))
        if stop - start < 4:
            return
        self.app.drag(key, start / 100, stop / 100, steps=4)
        self.app.page.mouse.up()
        words = self.app.chart(key).get_by_role("slider").first.get_attribute("aria-valuetext") or ""
        bounds = {SIGNS[sign]: float(at.replace(",", "")) for sign, at in re.findall(r"([≥>≤<]) ([\d,.]+)", words)}
        one = Filters.from_json({key: bounds}).conditions[key] if bounds else None
        self.put_on(self.filters.with_condition(key, one))

    def chip(self) -> None:
        if self.filters:
            key = self.random.choice(list(self.filters.conditions))
            self.app.page.locator(f".st-key-chip-{key} button").click()
            self.put_on(self.filters.with_condition(key, None))

    def undo(self) -> None:
        if self.history:
            self.app.page.get_by_role("button", name="Undo").click()
            self.filters = self.history.pop()

    def pages(self) -> None:
        self.app.go(self.random.choice(("Cohort", "Toxicity")))
        expect(self.app.page.locator(".cs-chart").first).to_be_hidden()
        self.app.go("Explore")
        expect(self.app.page.locator(".cs-chart").first).to_be_visible()

    def step(self) -> str:
        act = self.random.choices((self.click, self.brush, self.chip, self.undo, self.pages), (10, 5, 2, 2, 1))[0]
        act()
        self.app.page.wait_for_timeout(self.random.choice((0, 20, 60, 250)))
        return act.__name__

    def agrees(self) -> bool:
        """Tell whether n, chips, pressed bars and their counts are the model's."""
        kept = self.cohort.filter(self.filters)
        self.app.expect_n(kept.n)
        assert sorted(self.app.chips()) == sorted(kept.condition_words(k) for k in self.filters.conditions)
        for key, levels in LEVELS.items():
            condition = self.filters.conditions.get(key)
            for level in levels:
                pressed = bool(condition and level in (condition.levels or ()))
                expect(self.app.level(key, level)).to_have_attribute("aria-pressed", str(pressed).lower())
            shown = [int(text.split("/")[0]) for text in self.app.counts(key)]
            assert shown == kept.patients[key].value_counts().reindex(levels).fillna(0).astype(int).tolist()
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


def delayed(app: App, milliseconds: int) -> None:
    """Let all that the browser sends to the server be on its way for so long."""
    app.page.add_init_script(f"""{{
      const send = WebSocket.prototype.send;
      WebSocket.prototype.send = function (data) {{ setTimeout(() => send.call(this, data), {milliseconds}); }};
    }}""")
    app.open()


def slowed(page: Page, times: int) -> None:
    """Slow the browser's processor."""
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": times})
