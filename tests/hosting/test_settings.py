"""Settings: what is unknown, wrong or unsafe keeps the app from starting, and is said."""

import re

import pytest

from hosting import settings_page
from hosting.settings import FILE, Settings, SettingsError, is_loopback, read_settings
from tests.conftest import ROOT


def read(monkeypatch, tmp_path, text="", **environment):
    file = tmp_path / "settings.toml"
    file.write_text(text, encoding="utf-8")
    monkeypatch.setenv(FILE, str(file))
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return read_settings()


def test_without_any_they_suit_a_laptop(monkeypatch):
    monkeypatch.delenv(FILE, raising=False)
    assert is_loopback(read_settings().server.address) and read_settings().sign_in.by == "nobody"


def test_the_environment_counts_more_than_the_file(monkeypatch, tmp_path):
    chosen = read(monkeypatch, tmp_path, "[limits]\nupload_mb = 70\nfiles = 3\n", COHORTSCOPE_LIMITS__UPLOAD_MB="50")
    assert (chosen.limits.upload_mb, chosen.limits.files) == (50, 3)


@pytest.mark.parametrize("text, words", [
    ("[server]\nporte = 3\n", "server.porte"),
    ("[servers]\nport = 3\n", "servers"),
    ("[server]\nport = 70000\n", "server.port: Input should be less than or equal to 65535"),
    ("[limits]\nupload_mb = 9000\n", "limits.upload_mb"),
    ("[sign_in]\nby = \"kerberos\"\n", "sign_in.by"),
    ("[sign_in]\nby = \"openid\"\n", "needs sign_in.issuer"),
    ("[server]\ncertificate = \"/tmp/c.pem\"\n", "go together"),
    ("[server\n", "is no TOML"),
])
def test_what_is_wrong_is_said(monkeypatch, tmp_path, text, words):
    with pytest.raises(SettingsError, match=re.escape(words)):
        read(monkeypatch, tmp_path, text)


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "10.1.2.3", "192.168.0.4", "hospital.example", "2001:db8::1"])
def test_nobody_opens_the_app_to_others_by_mistake(monkeypatch, tmp_path, address):
    text = f'[server]\naddress = "{address}"\n'
    with pytest.raises(SettingsError, match="nobody asks who they are"):
        read(monkeypatch, tmp_path, text)
    with pytest.raises(SettingsError, match="readable on its way"):
        read(monkeypatch, tmp_path, text + "[sign_in]\nopen_to_everyone = true\n")
    chosen = read(monkeypatch, tmp_path, text + "tls_in_front = true\n[sign_in]\nopen_to_everyone = true\n")
    assert chosen.server.address == address


def test_a_variable_that_is_no_setting_is_said(monkeypatch, tmp_path):
    with pytest.raises(SettingsError, match="COHORTSCOPE_LIMITS__FILEZ"):
        read(monkeypatch, tmp_path, COHORTSCOPE_LIMITS__FILEZ="3")


def test_a_list_that_is_written_otherwise_is_said(monkeypatch, tmp_path):
    with pytest.raises(SettingsError, match='a list is written as'):
        read(monkeypatch, tmp_path, COHORTSCOPE_SIGN_IN__MAY_ENTER="staff")


@pytest.mark.parametrize("text, origin", [
    ("port = 80", "http://h.example"), ("port = 8500", "http://h.example:8500"),
    ("port = 443", "http://h.example:443"), ("port = 443\ntls_in_front = true", "https://h.example"),
    ("port = 8443\nouter_port = 443\ntls_in_front = true", "https://h.example"),
    ("port = 8443\ntls_in_front = true", "https://h.example:8443"),
])
def test_the_address_is_as_a_browser_names_it(monkeypatch, tmp_path, text, origin):
    assert read(monkeypatch, tmp_path, f'[server]\nname = "h.example"\n{text}\n').server.origin == origin


@pytest.mark.parametrize("address, believed", [("10.1.2.3", True), ("11.0.0.1", False), ("", False)])
def test_a_network_of_proxies_is_believed(monkeypatch, tmp_path, address, believed):
    chosen = read(monkeypatch, tmp_path, '[sign_in]\ntrusted_proxies = ["10.0.0.0/8"]\n')
    assert chosen.sign_in.trusts(address) == believed


def test_a_file_that_is_not_there_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv(FILE, str(tmp_path / "none.toml"))
    with pytest.raises(SettingsError, match="There is no file of settings"):
        read_settings()


def test_the_page_lists_every_setting():
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert page == settings_page.page(), "python -m hosting.settings_page > docs/settings.md"
    tables = [field.annotation for field in Settings.model_fields.values()]
    assert page.count("\n| `") == sum(len(table.model_fields) for table in tables) > 40
    assert all(field.description for table in tables for field in table.model_fields.values())


def test_a_secret_is_shown_nowhere(monkeypatch, tmp_path):
    chosen = read(monkeypatch, tmp_path, COHORTSCOPE_SIGN_IN__CLIENT_SECRET="hunter2")
    assert chosen.sign_in.client_secret.get_secret_value() == "hunter2"
    assert "hunter2" not in repr(chosen) + chosen.model_dump_json()
