"""A server that is far away: what is done before it has answered."""

from __future__ import annotations

from tests.browser.app import App


def delayed(app: App, milliseconds: int) -> None:
    """Let all that the browser sends to the server be on its way for so long, and open the app anew."""
    app.page.add_init_script(f"""{{
      const send = WebSocket.prototype.send;
      WebSocket.prototype.send = function (data) {{ setTimeout(() => send.call(this, data), {milliseconds}); }};
    }}""")
    app.open()
