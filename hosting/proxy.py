"""The configuration of nginx, which stands before the processes of the app.

A person stays with one process: the cookie `cohortscope_process`, which the process itself sets, names it. A process
that no longer answers is replaced by the next one in the ring at once, which then sets its name.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from hosting.headers import HEADERS
from hosting.settings import Settings

PROCESS_COOKIE = "cohortscope_process"
_STATIC = Path(str(files("streamlit") / "static" / "static"))
_FORM = 1  # MB of a request beside its file
_SLOWEST = 30  # seconds without a byte, after which a request is broken off
_LINGER = 12 * 3600  # seconds that an idle websocket may live


@dataclass(frozen=True)
class Process:
    """A process of the app behind the proxy; one that drains takes nobody new."""

    name: str
    port: int
    drains: bool = False


def nginx() -> str:
    """Return the path of nginx.

    Raises
    ------
    FileNotFoundError
        If it is not installed.
    """
    path = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if path is None:
        raise FileNotFoundError("nginx is not installed (Debian: apt-get install nginx-light).")
    return path


def configuration(settings: Settings, processes: Sequence[Process]) -> str:
    """Return the configuration file."""
    return f"""# Written by hosting/proxy.py; changes are lost.
daemon off;
worker_processes 2;
pid {settings.server.folder}/nginx.pid;
error_log {settings.server.folder}/nginx.log crit;  # what is refused stands in the audit log
worker_rlimit_nofile 8192;
worker_shutdown_timeout {int(3600 * settings.sign_in.hours)};  # of websockets begun before a new configuration
events {{ worker_connections 4096; }}
http {{
    include {_types()};
    default_type application/octet-stream;
    access_log off;  # the audit log says who did what, and no address holds a patient
    server_tokens off;
    {_temporary(settings)}
    sendfile on;
    gzip on;
    gzip_comp_level 5;
    gzip_min_length 1000;
    gzip_types text/css text/javascript application/javascript application/json image/svg+xml application/wasm;

    {_real_addresses(settings)}
    limit_conn_zone $binary_remote_addr zone=connections:2m;
    limit_req_zone $binary_remote_addr zone=requests:2m rate={settings.limits.requests_per_second}r/s;
    limit_conn_status 429;
    limit_req_status 429;
    map $http_upgrade $connection_header {{ default upgrade; '' ''; }}
    {_upstreams(processes)}
    {_others(settings)}
    {_server(settings)}
}}
"""


def _server(settings: Settings) -> str:
    """Return what is answered under the server's name."""
    return f"""server {{
        listen {_listen(settings)};
        server_name {settings.server.name};
        {_tls(settings)}
        {_headers(settings)}
        client_max_body_size {settings.limits.upload_mb + _FORM}m;
        client_header_timeout {_SLOWEST}s;
        client_body_timeout {_SLOWEST}s;
        send_timeout {_SLOWEST}s;
        limit_conn connections {settings.limits.connections};
        limit_req zone=requests burst={6 * settings.limits.requests_per_second} nodelay;
        {_refusals(settings)}

        location = /metrics {{
            allow 127.0.0.1;
            allow ::1;
            deny all;
            proxy_pass http://app;
        }}
        location ^~ /static/ {{
            alias {_STATIC}/;
            expires 30d;
            {_headers(settings)}
        }}
        location / {{
            if ($origin_is_foreign) {{ return 403; }}
            {_to_its_process(settings)}
            {_hidden()}
        }}
    }}"""


def _to_its_process(settings: Settings) -> str:
    """Return how a request is handed to the process that it belongs to."""
    return f"""proxy_pass http://$process;
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto {"https" if settings.server.encrypted else "http"};
            proxy_set_header X-Proxy-Address $realip_remote_addr;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_header;
            proxy_request_buffering off;  # a file that arrives is never on disk
            proxy_buffering off;
            proxy_buffer_size 16k;  # a page comes with 5 kB of headers
            proxy_buffers 8 16k;
            proxy_read_timeout {_LINGER}s;
            proxy_connect_timeout 3s;
            proxy_next_upstream error;
            {"proxy_cookie_flags ~. secure;" if settings.server.encrypted else ""}"""


def _real_addresses(settings: Settings) -> str:
    """Believe another proxy in front about whose request it hands on."""
    if settings.sign_in.by != "proxy" and not settings.server.tls_in_front:
        return ""
    return " ".join(["real_ip_header X-Forwarded-For; real_ip_recursive on;",
                     *(f"set_real_ip_from {address};" for address in settings.sign_in.trusted_proxies)])


def _upstreams(processes: Sequence[Process]) -> str:
    """Return a group for each process, with the next one as its reserve, and one of all that take new people."""
    open_to_new = [p for p in processes if not p.drains] or list(processes)
    groups = [_group("app", [f"server 127.0.0.1:{p.port} max_fails=0;" for p in open_to_new], "least_conn;")]
    for i, process in enumerate(processes):
        ring = [p for p in [*processes[i + 1:], *processes[:i]] if not p.drains][:1]
        groups.append(_group(process.name, [f"server 127.0.0.1:{process.port} max_fails=0;",
                                            *(f"server 127.0.0.1:{p.port} max_fails=0 backup;" for p in ring)]))
    named = " ".join(f"{p.name} {p.name};" for p in processes)
    return "\n    ".join([*groups, f"map $cookie_{PROCESS_COOKIE} $process {{ default app; {named} }}"])


def _group(name: str, servers: Sequence[str], rule: str = "") -> str:
    return f"upstream {name} {{ {rule} {' '.join(servers)} }}"


def _others(settings: Settings) -> str:
    """Refuse every other name, and know an origin that is not ours."""
    other = f"""map $http_origin $origin_is_foreign {{
        default 1;
        '' 0;
        "{settings.server.origin}" 0;
    }}
    server {{
        listen {_listen(settings)} default_server;
        server_name _;
        {_tls(settings)}
        {_headers(settings)}
        default_type text/plain;
        return 421 "This server answers to another name.\\n";
    }}"""
    if not settings.server.certificate:
        return other
    return other + f"""
    server {{
        listen {_card(settings)}:80;
        server_name {settings.server.name};
        return 301 https://$server_name$request_uri;
    }}""" if settings.server.port == 443 else other


def _listen(settings: Settings) -> str:
    return f"{_card(settings)}:{settings.server.port}" + (" ssl http2" if settings.server.certificate else "")


def _card(settings: Settings) -> str:
    return f"[{settings.server.address}]" if ":" in settings.server.address else settings.server.address


def _tls(settings: Settings) -> str:
    if not settings.server.certificate:
        return ""
    return (f"ssl_certificate {settings.server.certificate}; ssl_certificate_key {settings.server.key}; "
            "ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache shared:tls:5m; ssl_prefer_server_ciphers off;")


def _headers(settings: Settings) -> str:
    """Return the headers of every answer, refusals as well."""
    headers = dict(HEADERS)
    if settings.server.encrypted:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return "\n        ".join(f'add_header {name} "{value}" always;' for name, value in headers.items())


def _hidden() -> str:
    """Take away the headers that a process set itself: the proxy sets them for all."""
    return " ".join(f"proxy_hide_header {name};" for name in HEADERS)


def _refusals(settings: Settings) -> str:
    """Say in words why something is refused."""
    words = {403: "This request came from elsewhere and is not answered.",
             413: f"A file may have {settings.limits.upload_mb} MB. Keep the columns that you need.",
             429: "Too many requests from this address at once. Wait a little and try again.",
             502: "The app is starting again. Reload this page in a few seconds."}
    out = []
    for code, text in words.items():
        plain = (text + settings.look.contact).replace("\\", "").replace('"', "'").replace("$", "")
        out.append(f"error_page {code} @refused{code}; "
                   f'location @refused{code} {{ default_type text/plain; return {code} "{plain}\\n"; }}')
    return "\n        ".join(out)


def _temporary(settings: Settings) -> str:
    return " ".join(f"{kind}_temp_path {settings.server.folder}/{kind};"
                    for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))


def _types() -> str:
    for path in ("/etc/nginx/mime.types", "/usr/local/nginx/conf/mime.types"):
        if Path(path).exists():
            return path
    raise FileNotFoundError("nginx has no mime.types.")
