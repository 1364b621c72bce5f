#!/bin/sh
# Make sure that there is an nginx for the tests of the department's server: the machine's own, else Debian's. Fails, and
# says what to install, where none can be had.
#   sh tests/hosting/ensure_nginx.sh PYTHON
set -u
python=$1

found() { "$python" -c "from hosting.proxy import nginx; nginx()" >/dev/null 2>&1 && command -v openssl >/dev/null 2>&1; }

found && exit 0
if command -v apt-get >/dev/null 2>&1; then
    as_root=""
    [ "$(id -u)" -eq 0 ] || as_root="sudo -n"
    echo "Installing nginx for the tests of the department's server (apt-get) ..."
    $as_root apt-get update -qq >/dev/null 2>&1
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq nginx-light openssl >/dev/null 2>&1
    found && exit 0
fi
echo "The tests of the department's server need nginx and openssl, and they could not be installed." >&2
echo "Install it (Debian: apt-get install nginx-light openssl), and run this again." >&2
exit 1
