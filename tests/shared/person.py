"""A person at the app without a browser: page, websocket, upload and saved file as a browser would ask for them."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

T = TypeVar("T")
WORST = 60.0  # seconds that an answer may take, on the worst machine
LEVELS = ("Vp3", "Vp4", "Vp3", "Vp4")
_HTML = {"Accept": "text/html,application/xhtml+xml"}


def finished(work: Coroutine[Any, Any, T]) -> T:
    """Return what people's work returns, done in a thread: the browser's tests have a loop of their own in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


class Lost(Exception):
    """Says that the websocket was closed or refused."""


class Person:
    """A session.

    Parameters
    ----------
    url : of the app
    address : of this machine (127.0.0.x) from which to ask; any where it is empty
    canaries : texts that must never come
    trusted : certificate that is believed beside those of the system

    Attributes
    ----------
    seen : the canaries that came nevertheless
    """

    def __init__(self, url: str, *, address: str = "", canaries: Iterable[str] = (),
                 trusted: Path | None = None) -> None:
        self.url, self.address = url, address
        self.trusted = ssl.create_default_context(cafile=trusted)
        self.canaries, self.seen = [c.encode() for c in canaries], set[bytes]()
        self.http = httpx2.AsyncClient(
            transport=httpx2.AsyncHTTPTransport(local_address=address or None, verify=self.trusted), timeout=WORST,
            headers={"User-Agent": "person"})
        self.component = self.fragment = self.page = self.session = self.uploader = ""
        self.pages: dict[str, str] = {}
        self.buttons: dict[str, str] = {}  # ids by labels
        self.files: dict[str, str] = {}  # what is made at a click, by labels
        self.actions: list[dict[str, Any]] = []
        self.said = b""  # by the app since the last question
        self.resume = ""  # a session to ask for again
        self._numbers = count(1)
        self.socket: Any = None

    # ---- coming and going

    async def visit(self) -> None:
        """Open the page: take its cookies, and connect."""
        answer = await self.http.get(f"{self.url}/", headers=_HTML, follow_redirects=True)
        answer.raise_for_status()
        await self.http.get(f"{self.url}/_stcore/health")  # which gives the token against forged requests
        await self.connect()

    async def connect(self, **headers: str) -> None:
        """Open a session of Explore and let the page be drawn."""
        cookies = "; ".join(f"{c.name}={c.value}" for c in self.http.cookies.jar)
        given = {"Origin": self.url, **({"Cookie": cookies} if cookies else {}), **headers}
        origin = given.pop("Origin")
        try:
            self.socket = await websockets.connect(
                self.url.replace("http", "ws", 1) + "/_stcore/stream", max_size=None, additional_headers=given,
                subprotocols=["streamlit", self.http.cookies.get("_streamlit_xsrf") or "none", self.resume or "none"],
                origin=origin, open_timeout=WORST, ping_interval=None,
                ssl=self.trusted if self.url.startswith("https") else None,
                **({"local_addr": (self.address, 0)} if self.address else {}))
        except (websockets.InvalidStatus, OSError) as error:
            raise Lost(str(error)) from error
        message = BackMsg()
        message.rerun_script.query_string = ""
        await self.ask(message)

    async def leave(self) -> None:
        """Close the tab."""
        if self.socket is not None:
            await self.socket.close()
        await self.http.aclose()

    # ---- what a person does

    async def click(self, key: str = "pvtt", level: str = "") -> None:
        """Click the bar of a level, by turns of Vp3 and Vp4 where none is named, and wait until its answer is there."""
        number = next(self._numbers)
        self.actions = [{"id": number, "kind": "toggle", "key": key, "level": level or LEVELS[number % len(LEVELS)]}]
        message = BackMsg()
        message.rerun_script.fragment_id = self.fragment
        message.rerun_script.page_script_hash = self.page
        state = message.rerun_script.widget_states.widgets.add()
        state.id, state.json_value = self.component, json.dumps({"actions": self.actions})
        if not await self.ask(message):
            raise RuntimeError("the click was not acknowledged, or no curve was drawn for it")

    async def go(self, page: str) -> None:
        """Go to a page by its name in the address."""
        self.actions, self.page = [], self.pages[page]
        message = BackMsg()
        message.rerun_script.page_script_hash = self.page
        await self.ask(message)

    async def load(self, name: str, content: bytes) -> None:
        """Give a file on the Cohort page, and explore it."""
        await self.go("Cohort")
        await self.upload(name, content)
        await self.press("Explore this cohort")

    async def upload(self, name: str, content: bytes) -> int:
        """Send a file to the page's upload; return the status with which it is taken."""
        message = BackMsg()
        message.file_urls_request.request_id, message.file_urls_request.session_id = "1", self.session
        message.file_urls_request.file_names.append(name)
        await self._send(message)
        while (heard := await self._heard()).WhichOneof("type") != "file_urls_response":
            pass
        where = heard.file_urls_response.file_urls[0]
        status = (await self.put(where.upload_url, name, content)).status_code
        if status >= 400:
            return status
        message = BackMsg()
        message.rerun_script.page_script_hash = self.page
        state = message.rerun_script.widget_states.widgets.add()
        state.id = self.uploader
        info = state.file_uploader_state_value.uploaded_file_info.add()
        info.name, info.size, info.file_id = name, len(content), where.file_id
        info.file_urls.CopyFrom(where)
        await self.ask(message)
        return status

    async def put(self, path: str, name: str, content: bytes) -> httpx2.Response:
        """Send a file's bytes to an address of the app."""
        return await self.http.put(f"{self.url}{path}", files={"file": (name, content)},
                                   headers={"X-Xsrftoken": self.http.cookies.get("_streamlit_xsrf") or "",
                                            "Origin": self.url})

    async def press(self, label: str) -> None:
        """Click a button."""
        self.actions = []
        message = BackMsg()
        message.rerun_script.page_script_hash = self.page
        state = message.rerun_script.widget_states.widgets.add()
        state.id, state.trigger_value = self.buttons[label], True
        await self.ask(message)

    async def save(self, label: str) -> bytes:
        """Click what saves a file; return the file."""
        message = BackMsg()
        request = message.backend_operation_request
        request.request_id, request.session_id, request.deferred_file.file_id = "2", self.session, self.files[label]
        await self._send(message)
        while (heard := await self._heard()).WhichOneof("type") != "backend_operation_response":
            pass
        answer = heard.backend_operation_response
        assert not answer.error_msg, answer.error_msg
        file = await self.http.get(f"{self.url}{answer.deferred_file.url}")
        file.raise_for_status()
        self._look(file.content)
        return file.content

    # ---- what comes back

    async def ask(self, message: BackMsg) -> bool:
        """Send a message and read to the end of its answer; tell whether it acknowledges the action and has curves."""
        self.said = b""
        await self._send(message)
        done, drawn = not self.actions, not self.actions
        while True:
            heard = await self._heard()
            kind = heard.WhichOneof("type")
            if kind == "delta":
                element = heard.delta.new_element
                drawn |= element.WhichOneof("type") == "vega_lite_chart"
                done |= self._take(element, heard)
            if kind == "script_finished" and done and heard.script_finished in (0, 3):  # of the script, of a part
                return drawn

    async def until(self, text: str) -> None:
        """Wait until the app says something by itself."""
        self.said = b""
        while text.encode() not in self.said:
            await self._heard()

    async def _send(self, message: BackMsg) -> None:
        try:
            await self.socket.send(message.SerializeToString())
        except websockets.ConnectionClosed as error:
            raise Lost(str(error)) from error

    async def _heard(self) -> ForwardMsg:
        try:
            data = await asyncio.wait_for(self.socket.recv(), WORST)
        except websockets.ConnectionClosed as error:
            raise Lost(str(error)) from error
        self._look(data)
        self.said += data
        heard = ForwardMsg()
        heard.ParseFromString(data)
        if heard.WhichOneof("type") == "new_session":
            self.session = heard.new_session.initialize.session_id or self.session
            self.page = heard.new_session.page_script_hash or self.page
            self.pages |= {p.url_pathname: p.page_script_hash for p in heard.new_session.app_pages}
        if heard.WhichOneof("type") == "navigation":
            self.page = heard.navigation.page_script_hash
            self.pages |= {p.url_pathname: p.page_script_hash for p in heard.navigation.app_pages}
        return heard

    def _look(self, data: bytes) -> None:
        self.seen |= {canary for canary in self.canaries if canary in data}

    def _take(self, element: Any, heard: ForwardMsg) -> bool:
        """Note the names of what can be clicked; tell whether the composition acknowledges the last action."""
        kind = element.WhichOneof("type")
        if kind == "button":
            self.buttons[element.button.label] = element.button.id
        elif kind == "download_button":
            self.files[element.download_button.label] = element.download_button.deferred_file_id
        elif kind == "file_uploader":
            self.uploader = self.uploader if "upload-" not in element.file_uploader.id else element.file_uploader.id
        elif kind == "bidi_component" and '"charts"' in element.bidi_component.json:
            self.component, self.fragment = element.bidi_component.id, heard.delta.fragment_id
            last = self.actions[-1]["id"] if self.actions else 0
            return bool(json.loads(element.bidi_component.json)["acknowledged"] >= last)
        return False
