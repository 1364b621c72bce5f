#!/bin/sh
# Make sure that there is a Chromium for the browser tests: the machine's own, else Debian's, else
# Playwright's. Fails, and says what to install, where none can be had.
#   sh tests/browser/ensure_chromium.sh PYTHON
set -u
python=$1

found() { "$python" -m tests.browser.chromium >/dev/null 2>&1; }

found && exit 0
if command -v apt-get >/dev/null 2>&1; then
    as_root=""
    [ "$(id -u)" -eq 0 ] || as_root="sudo -n"
    echo "Installing Chromium for the browser tests (apt-get) ..."
    $as_root apt-get update -qq >/dev/null 2>&1
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq chromium >/dev/null 2>&1
    found && exit 0
fi
echo "Installing Chromium for the browser tests (playwright) ..."
"$python" -m playwright install chromium && found && exit 0

echo "The browser tests need Chromium, and it could not be installed." >&2
echo "Install Chromium or Chrome (Debian: apt-get install chromium), or name one you have in" >&2
echo "COHORTSCOPE_CHROMIUM, and run this again." >&2
exit 1
