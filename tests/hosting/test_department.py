"""The department's server as others meet it: whom it answers, what it refuses, and what its people notice of that."""

import asyncio
import os
import signal
import socket
from urllib.parse import urlsplit

import pytest
import websockets

from hosting.headers import HEADERS
from hosting.people import Visitor
from tests.conftest import ROOT
from tests.hosting.department import running_department
from tests.shared.person import Lost, Person, finished

pytestmark = pytest.mark.slow
_PAGE = {"Accept": "text/html"}
_SAMPLE = (ROOT / "sample_data" / "yang2023_synthetic.csv").read_bytes()


def raw(url, request, *, address="127.0.0.1"):
    """Send bytes; return the answer's status and text."""
    place = urlsplit(url)
    with socket.create_connection((place.hostname, place.port), timeout=60, source_address=(address, 0)) as line:
        line.sendall(request)
        answer = b""
        while part := line.recv(65536):
            answer += part
    return int(answer.split()[1]), answer.decode(errors="replace")


def ask(url, path="/", *, headers=(), method="GET", address="127.0.0.1"):
    given = {"Host": urlsplit(url).netloc, "Connection": "close", **_PAGE, **dict(headers)}
    lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return raw(url, f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode(), address=address)


def cookies(url, address="127.0.0.1"):
    """Open the page as a new person; return the cookies that it gives."""
    _, answer = ask(url, address=address)
    lines = [line for line in answer.split("\r\n") if line.lower().startswith("set-cookie:")]
    return dict(line.split(": ", 1)[1].split(";")[0].split("=", 1) for line in lines)


def test_every_answer_has_the_headers(department):
    """Pages, files, refusals of the proxy and of the app."""
    url = department.url
    answers = [ask(url), ask(url, "/static/css/nothing.css"), ask(url, "/app/static/Inter-Regular.otf"),
               ask(url, "/_stcore/health"), ask(url, headers={"Host": "evil.example"}),
               ask(url, "/_stcore/upload_file/a/b", method="PUT", headers={"Content-Length": "999999999"}),
               ask(url, headers={"Origin": "http://evil.example"}),
               ask(url, "/media/nothing.png", headers={"Accept": "*/*"})]
    assert {status for status, _ in answers} >= {200, 403, 404, 413, 421}
    for status, answer in answers:
        head = answer.split("\r\n\r\n")[0].lower()
        assert [n for n, v in HEADERS.items() if head.count(f"\r\n{n}: {v}".lower()) != 1] == [], status


@pytest.mark.parametrize("named", ["evil.example", "127.0.0.1.evil.example", "localhost", "10.0.0.1"])
def test_another_name_is_refused(department, named):
    port = urlsplit(department.url).port
    status, answer = ask(department.url, headers={"Host": f"{named}:{port}"})
    assert status == 421 and "another name" in answer


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1", "null", "https://127.0.0.1.evil.example"])
@pytest.mark.parametrize("path", ["/", "/_stcore/stream", "/_stcore/upload_file/a/b"])
def test_another_origin_is_refused(department, origin, path):
    status, answer = ask(department.url, path, headers={"Origin": origin, **cookies_header(cookies(department.url))})
    assert status == 403 and "came from elsewhere" in answer


def cookies_header(given):
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in given.items())}


@pytest.mark.parametrize("path", ["/_stcore/stream", "/_stcore/upload_file/a/b", "/media/abc.png", "/_stcore/metrics",
                                  "/_stcore/bidi-components/x/y.js"])
def test_without_a_cookie_there_is_nothing_but_the_page(department, path):
    status, answer = ask(department.url, path, headers={"Accept": "*/*"})
    assert status == 403 and "without its cookie" in answer


def test_a_stolen_cookie_is_refused_at_another_address(department):
    stolen = cookies(department.url, address="127.0.0.2")
    assert ask(department.url, "/media/x.png", headers=cookies_header(stolen), address="127.0.0.2")[0] == 404
    status, answer = ask(department.url, "/media/x.png", headers={**cookies_header(stolen), "Accept": "*/*"},
                         address="127.0.0.3")
    assert status == 403 and "began at another address" in answer
    assert [e for e in department.events() if e["address"] == "127.0.0.3"][-1]["reason"] == "other_address"
    page = ask(department.url, headers=cookies_header(stolen), address="127.0.0.3")
    assert page[0] == 302 and 'cohortscope_visitor=""' in page[1], "a browser begins anew"


def test_who_says_to_be_elsewhere_is_not_believed(department):
    """The names by which a proxy tells from where a request comes."""
    mine = cookies(department.url, address="127.0.0.2")
    for header in ("X-Forwarded-For", "X-Proxy-Address", "X-Real-IP", "Forwarded"):
        status, words = ask(department.url, "/media/x.png", address="127.0.0.3",
                            headers={**cookies_header(mine), "Accept": "*/*", header: "127.0.0.2"})
        assert status == 403 and "began at another address" in words, header


def test_the_page_is_told_who_somebody_is_by_the_gate_alone(department):
    async def pretend():
        person = Person(department.url, address="127.0.0.12")
        answer = await person.http.get(department.url, headers={"Accept": "text/html"})
        answer.raise_for_status()
        await person.http.get(f"{department.url}/_stcore/health")
        invented = Visitor(who="somebody@hospital.example").to_header()
        await person.connect(**{"X-Cohortscope-Visitor": invented, "X-Cohortscope-Id": "x"})
        await person.leave()
        return person.said
    assert b"somebody@" not in finished(pretend())


def test_a_file_that_is_too_large_is_refused_before_it_comes(department):
    size = 201 * 1024**2 + 1
    status, answer = ask(department.url, "/_stcore/upload_file/a/b", method="PUT",
                         headers={"Content-Length": str(size), **cookies_header(cookies(department.url))})
    assert status == 413 and "200 MB" in answer


def test_others_files_and_sessions_are_out_of_reach(department):
    async def try_it():
        owner = Person(department.url, address="127.0.0.4")
        await owner.visit()
        await owner.load("cohort.csv", _SAMPLE)
        thief = Person(department.url, address="127.0.0.5")
        await thief.visit()
        process = owner.http.cookies["cohortscope_process"]
        for cookie in thief.http.cookies.jar:
            if cookie.name == "cohortscope_process":
                cookie.value = process
        answer = await thief.put(f"/_stcore/upload_file/{owner.session}/x", "x.csv", b"a,b")
        resumed = Person(department.url, address="127.0.0.5")
        resumed.http.cookies = thief.http.cookies
        resumed.resume = owner.session
        await resumed.connect()
        same = resumed.session == owner.session or resumed.http.cookies["cohortscope_process"] != process
        for person in (owner, thief, resumed):
            await person.leave()
        return answer.status_code, answer.text, same
    status, words, same = finished(try_it())
    assert status == 403 and "another person's" in words and not same


def test_a_body_that_trickles_is_broken_off_and_nobody_waits_for_it(department):
    async def trickle():
        slow, other = (Person(department.url, address=f"127.0.0.{n}") for n in (6, 7))
        await slow.visit()
        await other.visit()
        given = {c.name: c.value for c in slow.http.cookies.jar}
        place = urlsplit(department.url)
        reads, writes = await asyncio.open_connection(place.hostname, place.port, local_addr=("127.0.0.6", 0))
        head = {"Host": place.netloc, "Content-Length": "100000000", "X-Xsrftoken": given["_streamlit_xsrf"],
                "Content-Type": "multipart/form-data; boundary=x", **cookies_header(given)}
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        writes.write(f"PUT /_stcore/upload_file/{slow.session}/x HTTP/1.1\r\n{lines}\r\n--x\r\n".encode())
        answer = asyncio.create_task(reads.read(1000))
        while not answer.done():
            writes.write(b"x")
            await asyncio.sleep(0.5)
            await other.click()
        for person in (slow, other):
            await person.leave()
        writes.close()
    finished(asyncio.wait_for(trickle(), 120))
    assert any(e["event"] == "upload_refused" and e["reason"] == "slow_body" for e in department.events())


def test_five_hundred_connections_of_one_address_are_bounded_and_others_work(department):
    async def flood():
        person = Person(department.url, address="127.0.0.8")
        await person.visit()
        one = Person(department.url, address="127.0.0.9")
        await one.visit()
        header = {"Cookie": "; ".join(f"{c.name}={c.value}" for c in one.http.cookies.jar)}
        refused, sockets = 0, []

        async def another():
            nonlocal refused
            try:
                sockets.append(await websockets.connect(
                    department.url.replace("http", "ws") + "/_stcore/stream", subprotocols=["streamlit"],
                    additional_headers=header, origin=department.url, local_addr=("127.0.0.9", 0), open_timeout=60))
            except websockets.InvalidStatus as error:
                assert error.response.status_code == 429
                refused += 1
        await asyncio.gather(*(another() for _ in range(500)))
        await person.click()
        for each in sockets:
            await each.close()
        await person.leave()
        await one.leave()
        return refused, len(sockets)
    refused, taken = finished(flood())
    assert refused + taken == 500 and 0 < taken <= 120


@pytest.mark.parametrize("path", ["/metrics", "/metrics%09", "//metrics", "/./metrics", "/metrics/", "/%6detrics"])
def test_metrics_are_for_no_other_machine(department, path):
    _, answer = ask(department.url, path, address="127.0.0.2", headers={"Accept": "*/*"})
    assert "cohortscope_run_seconds" not in answer


def test_the_server_says_no_version_and_lists_nothing(department):
    for path in ("/static/", "/static/js/", "/.git/config", "/app/static/", "/app/static/../serve.py"):
        status, answer = ask(department.url, path, headers={"Accept": "*/*"})
        assert status in (400, 403, 404) and "Index of" not in answer
        assert "\r\nServer: nginx\r\n" in answer


def test_one_session_keeps_no_more_than_it_may(tmp_path):
    """Whatever the page's script is told of it, and also where the files come at once."""
    async def put(person, number):
        path = f"/_stcore/upload_file/{person.session}/{number}"
        return (await person.put(path, f"{number}.csv", b"a" * 1024**2)).status_code

    async def fill(running):
        both = [Person(running.url, address=f"127.0.0.{number}") for number in (13, 14)]
        for person in both:
            await person.visit()
        one_by_one = [await put(both[0], number) for number in range(5)]
        at_once = await asyncio.gather(*(put(both[1], number) for number in range(5)))
        for person in both:
            await person.leave()
        return one_by_one, at_once
    with running_department(tmp_path, "processes = 1\n[limits]\nsession_mb = 2\n") as running:
        one_by_one, at_once = finished(fill(running))
    assert one_by_one[0] < 300 and one_by_one[2:] == [413] * 3
    assert sorted(at_once)[0] < 300 and sorted(at_once)[2:] == [413] * 3


def test_metrics_are_for_this_machine_and_name_nobody(department):
    assert ask(department.url, "/metrics", address="127.0.0.2")[0] == 403
    text = ask(department.url, "/metrics")[1]
    for name in ("sessions", "memory_bytes", "waiting_tasks", "run_seconds_bucket", "files_read_total"):
        assert f"cohortscope_{name}" in text
    assert "127.0.0" not in text


def test_a_replaced_process_keeps_its_people_until_they_leave(tmp_path):
    async def work(running):
        old = Person(running.url, address="127.0.0.10")
        await old.visit()
        before = old.http.cookies["cohortscope_process"]
        asked = asyncio.create_task(old.until("is being updated"))
        running.replace()
        await asyncio.wait_for(asked, 120)
        await old.click()
        while set(running.processes()) & {"p1", "p2", "p3"} != {before}:
            await asyncio.sleep(0.5)
        new = Person(running.url, address="127.0.0.11")
        await new.visit()
        await new.click()
        after = new.http.cookies["cohortscope_process"]
        again = Person(running.url, address="127.0.0.10")
        again.http.cookies = old.http.cookies
        await again.visit()
        moved = again.http.cookies["cohortscope_process"]
        await old.click()
        for person in (old, again, new):
            await person.leave()
        while before in running.processes():
            await asyncio.sleep(0.5)
        return before, after, moved
    with running_department(tmp_path) as running:
        before, after, moved = finished(asyncio.wait_for(work(running), 300))
        assert before in ("p1", "p2", "p3") and after in ("p4", "p5", "p6") and moved in ("p4", "p5", "p6")
        assert sum(e["event"] == "process_drains" for e in running.events()) == 3


def test_a_killed_process_loses_its_people_alone_and_comes_again(tmp_path):
    async def work(running):
        people = [Person(running.url, address=f"127.0.0.{20 + i}") for i in range(9)]
        for person in people:
            await person.visit()
        name, number = next(iter(running.processes().items()))
        os.kill(number, signal.SIGKILL)
        told = 0
        for person in people:
            if person.http.cookies["cohortscope_process"] == name:
                with pytest.raises(Lost):
                    await person.until("nothing")
                await person.connect()  # the next process takes them at once
                await person.click()
                told += 1
            else:
                await person.click()
        while running.processes().get(name) in (None, number):
            await asyncio.sleep(0.5)
        for person in people:
            await person.leave()
        return told
    with running_department(tmp_path) as running:
        assert finished(asyncio.wait_for(work(running), 300)) >= 1
        assert {"process_ended", "process_began"} <= {e["event"] for e in running.events()}
