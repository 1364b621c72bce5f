"""The server over TLS: HTTP/2, a websocket, what a browser is told about it, and cookies that are bound to it."""

import ssl
import subprocess
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from playwright.sync_api import expect

from hosting.health import is_well
from hosting.settings import read_settings
from tests.hosting.department import running_department
from tests.shared.person import Person, finished

pytestmark = pytest.mark.slow
_STATIC = Path(str(files("streamlit") / "static" / "static" / "css"))


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "cert.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True)
    with running_department(folder, f'processes = 1\ncertificate = "{certificate}"\nkey = "{key}"\n') as it:
        yield it


def test_a_person_works_over_tls(encrypted):
    async def work():
        person = Person(encrypted.url, trusted=encrypted.folder / "cert.pem")
        await person.visit()
        await person.click()
        await person.leave()
        return person.http.cookies
    names = {c.name for c in finished(work()).jar}
    assert "__Host-cohortscope_visitor" in names


def test_a_browser_works_over_tls(encrypted, browser):
    """The websocket as well: the policy's own server is wss here."""
    context = browser.new_context(ignore_https_errors=True)
    page, broken = context.new_page(), []
    page.on("console", lambda said: broken.append(said.text) if "Content Security Policy" in said.text else None)
    page.goto(encrypted.url)
    expect(page.locator("[data-testid=summary]")).to_contain_text("82")
    [mine] = [c for c in context.cookies() if c["name"] == "__Host-cohortscope_visitor"]
    context.close()
    assert mine["secure"] and broken == []


def test_text_is_compressed(encrypted):
    answer = httpx2.get(f"{encrypted.url}/static/css/{next(_STATIC.glob('*.css')).name}",
                        verify=ssl.create_default_context(cafile=encrypted.folder / "cert.pem"))
    assert answer.headers["content-encoding"] == "gzip" and "max-age" in answer.headers["cache-control"]


def test_the_browser_is_told_to_stay_with_it(encrypted):
    answer = httpx2.get(encrypted.url, verify=ssl.create_default_context(cafile=encrypted.folder / "cert.pem"),
                        headers={"Accept": "text/html"})
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    cookies = answer.headers.get_list("set-cookie")
    assert len(cookies) == 2 and all("Secure" in c and "HttpOnly" in c and "SameSite=lax" in c for c in cookies)


@pytest.mark.parametrize("version, agreed", [("-tls1_1", False), ("-tls1_2", True), ("-tls1_3", True)])
def test_old_versions_are_refused_and_http2_is_spoken(encrypted, version, agreed):
    asked = subprocess.run(["openssl", "s_client", "-connect", urlsplit(encrypted.url).netloc, "-alpn", "h2", version,
                            "-cipher", "DEFAULT@SECLEVEL=0"],
                           input=b"", capture_output=True, check=False)
    assert (b"ALPN protocol: h2" in asked.stdout) == agreed


def test_the_check_of_a_container_sees_it(encrypted, monkeypatch):
    monkeypatch.setenv("COHORTSCOPE_SETTINGS", str(encrypted.folder / "settings.toml"))
    assert is_well(read_settings().server)


def test_and_sees_when_it_is_gone(monkeypatch, tmp_path):
    file = tmp_path / "settings.toml"
    file.write_text("[server]\nport = 1\n", encoding="utf-8")
    monkeypatch.setenv("COHORTSCOPE_SETTINGS", str(file))
    assert not is_well(read_settings().server)
