"""Find a Chromium on this machine. Run as a module it prints the path, or fails."""

import os
import shutil
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run"]
# How long anything may take on the worst machine, not how long it should: tests measure no time.
WORST = 60_000


def chromium() -> str | None:
    """Return the path of a Chromium: named in COHORTSCOPE_CHROMIUM, installed, or Playwright's own."""
    if named := os.environ.get("COHORTSCOPE_CHROMIUM"):
        return named if Path(named).exists() else None
    if installed := next((path for name in NAMES if (path := shutil.which(name))), None):
        return installed
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


if __name__ == "__main__":
    path = chromium()
    print(path or "no Chromium on this machine")
    sys.exit(path is None)
