"""Everything that says `st.` and is not a page."""
