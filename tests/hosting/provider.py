"""A real OpenID Connect provider (Canaille), with three people and our app as its client, in memory.

    .venv/provider/bin/python tests/hosting/provider.py PORT CALLBACK
"""

import os
import sys
import uuid
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # no TLS on this machine's loopback

from canaille import create_app
from canaille.app import models
from canaille.backends import Backend
from joserfc.jwk import JWKRegistry

PEOPLE = {"chen": ["staff", "oncology"], "student": ["staff"], "guest": ["guests"]}


class _Server(ThreadingMixIn, WSGIServer):
    """A browser keeps connections open that it does not use yet."""

    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


def main(port: int, callback: str) -> None:
    key = JWKRegistry.generate_key("RSA", 2048)
    key.ensure_kid()
    app = create_app(config={
        "SECRET_KEY": str(uuid.uuid4()), "PREFERRED_URL_SCHEME": "http", "SERVER_NAME": f"localhost:{port}",
        "ENV_FILE": None, "TESTING": True, "WTF_CSRF_ENABLED": False,
        "CANAILLE": {"DATABASE": "memory", "JAVASCRIPT": False, "ACL": {"DEFAULT": {"PERMISSIONS": ["use_oidc"]}},
                     "LOGGING": {"version": 1, "disable_existing_loggers": False}},
        "CANAILLE_OIDC": {"TRUSTED_DOMAINS": ["127.0.0.1"], "ACTIVE_JWKS": [key.as_dict(private=True)]}})
    with app.app_context():
        _fill(callback)
        with make_server("localhost", port, app, server_class=_Server, handler_class=_Quiet) as server:
            print("ready", flush=True)
            server.serve_forever()


def _fill(callback: str) -> None:
    save = Backend.instance.save
    for name in PEOPLE:
        save(models.User(user_name=name, family_name=name.title(), formatted_name=name.title(),
                         emails=[f"{name}@hospital.example"], password=f"{name} has a password"))
    for group in sorted({group for groups in PEOPLE.values() for group in groups}):
        members = [Backend.instance.get(models.User, user_name=n) for n, groups in PEOPLE.items() if group in groups]
        save(models.Group(display_name=group, members=members))
    save(models.Client(
        client_id="cohortscope", client_secret="shared", client_name="Cohortscope", redirect_uris=[callback],
        grant_types=["authorization_code"], response_types=["code"], client_uri="http://127.0.0.1",
        scope=["openid", "email", "profile", "groups"], token_endpoint_auth_method="client_secret_basic"))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
