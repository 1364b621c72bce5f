"""Tell whether the department's server answers, for a container's check: `python -m hosting.health`."""

from __future__ import annotations

import http.client
import ssl
import sys

from hosting.settings import Server, SettingsError, read_settings

_PATIENCE = 8.0  # seconds


def is_well(server: Server) -> bool:
    """Tell whether the proxy, and a process behind it, answer on this machine."""
    address = "127.0.0.1" if server.address in ("0.0.0.0", "::") else server.address
    if server.certificate:
        # The certificate is for the server's name, and this asks by the machine's address.
        trusting = ssl._create_unverified_context()
        line: http.client.HTTPConnection = http.client.HTTPSConnection(
            address, server.port, timeout=_PATIENCE, context=trusting)
    else:
        line = http.client.HTTPConnection(address, server.port, timeout=_PATIENCE)
    try:
        line.request("GET", "/readyz", headers={"Host": server.name})
        return line.getresponse().status == 200
    except OSError:
        return False
    finally:
        line.close()


if __name__ == "__main__":
    try:
        sys.exit(0 if is_well(read_settings().server) else 1)
    except SettingsError as error:
        sys.exit(str(error))
