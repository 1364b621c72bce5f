"""Tell whether the department's server answers, for a container's check: `python -m hosting.health`."""

from __future__ import annotations

import http.client
import ssl
import sys

from hosting.settings import SettingsError, read_settings

_PATIENCE = 8.0  # seconds


def is_well() -> bool:
    """Tell whether the proxy, and a process behind it, answer on this machine."""
    server = read_settings().server
    if server.certificate:
        # The certificate is for the server's name, and this asks by the machine's address.
        trusting = ssl._create_unverified_context()
        line: http.client.HTTPConnection = http.client.HTTPSConnection(
            "127.0.0.1", server.port, timeout=_PATIENCE, context=trusting)
    else:
        line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=_PATIENCE)
    try:
        line.request("GET", "/readyz", headers={"Host": server.name})
        return line.getresponse().status == 200
    except OSError:
        return False
    finally:
        line.close()


if __name__ == "__main__":
    try:
        sys.exit(0 if is_well() else 1)
    except SettingsError as error:
        sys.exit(str(error))
