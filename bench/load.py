"""Many people at one process: each clicks every three seconds over a websocket of their own, as a browser would.

    python -m bench.load [PEOPLE [SECONDS]]

The time runs from the click that is sent to the last message of its answer. Beside it stands that of one person alone,
in the same run.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from statistics import median, quantiles
from typing import Any

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.server import running_server

_PAUSE = 3.0  # seconds between two clicks of a person
_LEVELS = ("Vp3", "Vp4", "Vp3", "Vp4")


class Person:
    """A session of the Explore page, without a browser."""

    def __init__(self, url: str) -> None:
        self.url = url.replace("http", "ws") + "/_stcore/stream"
        self.component = self.fragment = self.page = ""
        self.actions: list[dict[str, Any]] = []

    async def open(self) -> None:
        """Connect and let the page be drawn."""
        self.socket = await websockets.connect(self.url, subprotocols=["streamlit"], max_size=None)
        message = BackMsg()
        message.rerun_script.query_string = ""
        await self._answered(message)

    async def click(self, number: int) -> float:
        """Click a bar; return the seconds until the answer is there."""
        self.actions = [{"id": number, "kind": "toggle", "key": "pvtt", "level": _LEVELS[number % len(_LEVELS)]}]
        message = BackMsg()
        message.rerun_script.fragment_id = self.fragment
        message.rerun_script.page_script_hash = self.page
        state = message.rerun_script.widget_states.widgets.add()
        state.id, state.json_value = self.component, json.dumps({"actions": self.actions})
        begun = time.perf_counter()
        if not await self._answered(message):
            raise RuntimeError("the click was not acknowledged, or no curve was drawn for it")
        return time.perf_counter() - begun

    async def _answered(self, message: BackMsg) -> bool:
        """Send a message and read to the end of its answer; tell whether it acknowledges the action and has curves."""
        await self.socket.send(message.SerializeToString())
        done, drawn = not self.actions, not self.actions
        while True:
            heard = ForwardMsg()
            heard.ParseFromString(await asyncio.wait_for(self.socket.recv(), 60))
            kind = heard.WhichOneof("type")
            if kind == "navigation":
                self.page = heard.navigation.page_script_hash
            drawn |= kind == "delta" and heard.delta.new_element.WhichOneof("type") == "vega_lite_chart"
            if kind == "delta" and heard.delta.new_element.WhichOneof("type") == "bidi_component":
                done |= self._take(heard)
            if kind == "script_finished" and done:
                return drawn

    def _take(self, heard: ForwardMsg) -> bool:
        """Note the composition's names; tell whether it acknowledges the last action."""
        shown = heard.delta.new_element.bidi_component
        if '"charts"' not in shown.json:
            return False
        self.component, self.fragment = shown.id, heard.delta.fragment_id
        last = self.actions[-1]["id"] if self.actions else 0
        return bool(json.loads(shown.json)["acknowledged"] >= last)


async def clicks(person: Person, many: int, start: float, times: list[float], first: int) -> None:
    """Click so many times, from a moment on."""
    await asyncio.sleep(start)
    for i in range(many):
        taken = await person.click(first + i)
        times.append(taken)
        await asyncio.sleep(max(0.0, _PAUSE - taken))


def said(words: str, times: list[float]) -> None:
    """Say how long clicks took."""
    late = quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
    print(f"{words}: {len(times)} clicks, median {1e3 * median(times):.0f} ms, 95th percentile {1e3 * late:.0f} ms, "
          f"longest {1e3 * max(times):.0f} ms", flush=True)


async def measure(url: str, people: int, seconds: int) -> None:
    crowd = [Person(url) for _ in range(people)]
    for person in crowd:
        await person.open()
    alone: list[float] = []
    await clicks(crowd[0], 8, 0.0, alone, 1)
    said("one person", alone)
    times: list[float] = []
    many = int(seconds / _PAUSE)
    await asyncio.gather(*(clicks(person, many, _PAUSE * i / people, times, 9) for i, person in enumerate(crowd)))
    said(f"{people} people", times)
    print(f"the median is {median(times) / median(alone):.1f} times that of one person alone")


if __name__ == "__main__":
    given = [int(v) for v in sys.argv[1:]]
    with running_server() as address:
        asyncio.run(measure(address, given[0] if given else 30, given[1] if given[1:] else 60))
