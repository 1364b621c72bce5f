"""The least that a click costs: a part of a page that shows how often a button was pressed."""

import streamlit as st


@st.fragment(key="least")
def least() -> None:
    """Show a count."""
    st.html(f"<p id='count'>{st.session_state.get('count', 0)}</p>")


def press() -> None:
    st.session_state["count"] = st.session_state.get("count", 0) + 1
    st.rerun("least")


least()
st.button("Press", on_click=press)
