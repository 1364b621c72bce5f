"""Sign-in at a real OpenID provider, in Chromium: who enters, who may load files, and how a visit ends."""

import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx2
import pytest
from playwright.sync_api import Page, expect

from tests.browser.server import free_port
from tests.conftest import ROOT
from tests.hosting.department import RunningDepartment, running_department

pytestmark = pytest.mark.slow
_PROVIDER = ROOT / ".venv" / "provider" / "bin" / "python"
_SETTINGS = """processes = 2
[sign_in]
by = "openid"
issuer = "http://localhost:{port}"
client = "cohortscope"
may_enter = ["staff"]
may_upload = ["oncology"]
scopes = "openid email profile groups"
[look]
title = "Oncology, 3rd floor"
support = "statistics@hospital.example"
"""


def at_the_provider(page: Page, name: str) -> None:
    """Fill in the provider's two forms."""
    page.locator("input[name=login]").fill(name)
    page.locator("input[name=login]").press("Enter")
    page.locator("input[name=password]").fill(f"{name} has a password")
    page.locator("input[name=password]").press("Enter")


@dataclass
class SignedIn:
    """A server whose people sign in."""

    department: RunningDepartment
    provider: "subprocess.Popen[str]"

    def open(self, page: Page, name: str, *, path: str = "/") -> None:
        """Go to the app, and through the provider's form where it asks."""
        page.goto(f"{self.department.url}{path}")
        at_the_provider(page, name)


@contextmanager
def provider(port, callback):
    assert _PROVIDER.exists(), "No OpenID provider: run `make test`, which installs it."
    process = subprocess.Popen([str(_PROVIDER), "tests/hosting/provider.py", str(port), callback], cwd=ROOT,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout and process.stdout.readline().strip() == "ready"
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def signed_in(tmp_path_factory):
    port, at = free_port(), free_port()
    with (provider(port, f"http://127.0.0.1:{at}/sign-in/callback") as process,
          running_department(tmp_path_factory.mktemp("signed-in"), _SETTINGS.format(port=port), at=at,
                             COHORTSCOPE_SIGN_IN__CLIENT_SECRET="shared") as department):
        yield SignedIn(department, process)


def test_one_signs_in_and_comes_where_one_wanted(signed_in, page):
    signed_in.open(page, "chen", path="/Survival?endpoint=PFS")
    expect(page.locator("h1").first).to_have_text("Cohortscope: Survival")
    expect(page.locator(".cs-who")).to_contain_text("chen@hospital.example")
    expect(page.locator(".st-key-menu")).to_contain_text("Oncology, 3rd floor")
    assert urlsplit(page.url).path == "/Survival"
    assert signed_in.department.events()[-1]["who"] == "chen@hospital.example"
    [mine] = [c for c in page.context.cookies() if "visitor" in c["name"]]
    assert mine["httpOnly"] and mine["sameSite"] == "Lax"


def test_who_may_upload_can(signed_in, page):
    signed_in.open(page, "chen", path="/Cohort")
    page.locator("[data-testid=stFileUploaderDropzoneInput]").first.set_input_files(
        ROOT / "sample_data" / "yang2023_synthetic.csv")
    expect(page.get_by_role("button", name="Explore this cohort")).to_be_enabled()


def test_who_may_only_look_sees_the_sample_and_why(signed_in, page):
    signed_in.open(page, "student", path="/Cohort")
    expect(page.get_by_text("Your account may look at the sample cohort")).to_be_visible()
    expect(page.get_by_text("statistics@hospital.example").first).to_be_visible()
    expect(page.locator("[data-testid=stFileUploaderDropzoneInput]").first).to_be_disabled()
    forced = page.context.request.put(f"{signed_in.department.url}/_stcore/upload_file/a/b", data="a,b")
    assert forced.status == 403 and "load no files" in forced.text()
    assert signed_in.department.events()[-1]["reason"] == "role"


def test_who_is_in_no_group_that_may_enter_does_not(signed_in, page):
    signed_in.open(page, "guest")
    expect(page.get_by_text("Your account may not use this app. Ask statistics@hospital.example.")).to_be_visible()
    assert page.context.request.get(f"{signed_in.department.url}/media/x.png").status == 403
    refused = [(e["who"], e["reason"]) for e in signed_in.department.events() if e["event"] == "not_let_in"]
    assert ("guest@hospital.example", "group") in refused


def test_signing_out_ends_what_is_open(signed_in, page):
    signed_in.open(page, "chen")
    expect(page.locator(".cs-who")).to_be_visible()
    other = page.context.new_page()
    other.goto(signed_in.department.url)
    expect(other.locator(".cs-who")).to_be_visible()
    kept = page.context.cookies()
    page.get_by_role("link", name="Sign out").click()
    expect(page.get_by_text("You are signed out, and your data are gone.")).to_be_visible()
    expect(other.get_by_text("You are signed out, and your data are gone.")).to_be_visible()
    for process in ("p1", "p2"):  # with the cookie of one who kept it, at each process
        again = [cookie | {"value": process} if cookie["name"] == "cohortscope_process" else cookie for cookie in kept]
        page.context.add_cookies(again)
        answer = page.context.request.get(f"{signed_in.department.url}/media/x.png")
        assert answer.status == 403 and "has ended" in answer.text()


def test_a_page_elsewhere_cannot_sign_somebody_out(signed_in, page):
    signed_in.open(page, "chen")
    expect(page.locator(".cs-who")).to_be_visible()
    page.context.request.get(f"{signed_in.department.url}/sign-out", headers={"Sec-Fetch-Site": "cross-site"})
    page.reload()
    expect(page.locator(".cs-who")).to_contain_text("chen@hospital.example")


@pytest.mark.parametrize("path", ["/media/x.png", "/_stcore/stream", "/_stcore/upload_file/a/b", "/app/static/icon.png",
                                  "/_stcore/metrics", "/component/x/index.html"])
def test_without_sign_in_there_is_nothing(signed_in, path):
    answer = httpx2.get(f"{signed_in.department.url}{path}")
    assert answer.status_code == 403


def test_without_sign_in_a_page_leads_to_the_provider(signed_in):
    with httpx2.Client(follow_redirects=False) as client:
        first = client.get(f"{signed_in.department.url}/Survival?by=pvtt", headers={"Accept": "text/html"})
        assert first.status_code == 302 and first.headers["location"] == "/sign-in?next=/Survival%3Fby%3Dpvtt"
        second = client.get(f"{signed_in.department.url}{first.headers['location']}")
    asked = dict(part.split("=", 1) for part in urlsplit(second.headers["location"]).query.split("&"))
    assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
    assert len(asked["state"]) >= 20 and len(asked["nonce"]) >= 20


@pytest.mark.parametrize("target", [
    "//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_sign_in_leads_nowhere_else(signed_in, page, target):
    page.goto(f"{signed_in.department.url}/sign-in?next={target}")
    at_the_provider(page, "chen")
    expect(page.locator(".cs-who")).to_be_visible()
    assert urlsplit(page.url).netloc == urlsplit(signed_in.department.url).netloc


def test_a_forged_answer_of_the_provider_is_refused(signed_in):
    answer = httpx2.get(f"{signed_in.department.url}/sign-in/callback?code=abc&state=def")
    assert answer.status_code == 403 and "did not succeed" in answer.text


def test_an_idle_visit_ends_and_says_so(tmp_path, page):
    with running_department(tmp_path, "processes = 1\n[sign_in]\nidle_minutes = 0.15\n") as department:
        page.goto(department.url)
        expect(page.get_by_text("Your session has ended because nothing was clicked")).to_be_visible()
        assert [e["reason"] for e in department.events() if e["event"] == "session_ended"] == ["idle"]
        page.get_by_role("link", name="Begin anew").click()
        expect(page.locator("[data-testid=summary]")).to_be_visible()


def test_a_provider_that_does_not_answer_is_said(tmp_path):
    with running_department(tmp_path, _SETTINGS.format(port=free_port())) as department:
        answer = httpx2.get(f"{department.url}/sign-in", timeout=60)
        assert answer.status_code == 503 and "does not answer" in answer.text


@pytest.fixture(scope="module")
def behind(tmp_path_factory):
    """A server behind another proxy, at 127.0.0.9, which says who somebody is."""
    settings = ('processes = 1\n[sign_in]\nby = "proxy"\ntrusted_proxies = ["127.0.0.9"]\nmay_enter = ["staff"]\n'
                'may_upload = ["oncology"]\n')
    with running_department(tmp_path_factory.mktemp("behind"), settings) as department:
        yield department


def through(department, *, proxy="127.0.0.9", **headers):
    """Ask for the page as that proxy, or as somebody who goes around it."""
    transport = httpx2.HTTPTransport(local_address=proxy)
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    given = {"Accept": "text/html", "X-Forwarded-For": "10.0.0.7"} | said
    with httpx2.Client(transport=transport, timeout=60) as client:
        return client.get(department.url, headers=given)


def test_a_proxy_says_who_somebody_is(behind):
    answer = through(behind, X_Remote_User="chen", X_Remote_Groups="staff, oncology")
    assert answer.status_code == 200
    [event] = [e for e in behind.events() if e["event"] == "signed_in"]
    assert (event["who"], event["address"]) == ("chen", "10.0.0.7")


@pytest.mark.parametrize("headers", [
    {}, {"X_Remote_User": ""}, {"X_Remote_User": "guest", "X_Remote_Groups": "guests"},
    {"proxy": "127.0.0.8", "X_Remote_User": "chen", "X_Remote_Groups": "staff"},
    {"proxy": "127.0.0.8", "X_Remote_User": "chen", "X_Remote_Groups": "staff", "X_Proxy_Address": "127.0.0.9"},
])
def test_nobody_else_is_believed(behind, headers):
    assert through(behind, **headers).status_code == 403
