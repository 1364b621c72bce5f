"""Small files as text, and cohorts read from them."""

from core import Cohort, read_cohort

HEAD = "id,arm,OS_months,OS_event,age\n"
DATED = "id,arm,os_months,os_event,response,response_months,failure_local,failure_local_months\n" + "".join(
    f"p{i},{'xy'[i % 2]},{10 + i},{i % 2},{'PR' if i % 3 else 'SD'},{2 + i % 5},{int(i % 4 == 0)},"
    f"{3 + i % 6 if i % 4 == 0 else ''}\n" for i in range(24))
MARKUP = ["=1+1", "<b>x</b>", "![a](http://x/y.png)", "$x^2$", "datum.x", "</script><script>alert(1)</script>"]


def from_text(text: str, mapping: dict | None = None) -> Cohort:
    return read_cohort(text.encode(), mapping)


def rows(n: int = 12, arms: str = "ab") -> str:
    """Return a file of n patients whose times are 1 to n months; every second has the event."""
    return HEAD + "".join(f"p{i},{arms[i % len(arms)]},{i + 1},{i % 2},{40 + i}\n" for i in range(n))


def with_column(name: str, values: list[str], n: int = 24) -> str:
    """Return a cohort file whose last column is given; values repeat."""
    lines = rows(n).strip().split("\n")
    return "\n".join([f"{lines[0]},{name}", *(f"{line},{values[i % len(values)]}"
                                             for i, line in enumerate(lines[1:]))])


def late_cohort(n: int = 40) -> Cohort:
    """Read patients with events and responses after the end of their follow-up."""
    lines = "".join(f"p{i},{'AB'[i % 2]},{10 + i % 3},{i % 2},{'CR' if i % 2 else 'PD'},{20 if i < 5 else 2}\n"
                   for i in range(n))
    events = "id,term,grade,day\n" + "".join(f"p{i},Rash,{1 + i % 3},{900 if i % 4 else 30}\n" for i in range(n))
    mapping = {"patient_id": "id", "arm": {"column": "arm", "reference": "A", "levels": {"A": "A", "B": "B"}},
               "endpoints": {"OS": {"time": "OS_months", "event": "OS_event", "event_values": ["1"], "unit": "months"}},
               "response": {"column": "response", "when": {"column": "known", "unit": "months"}},
               "adverse_events": {"file": {"patient": "id", "term": "term", "grade": "grade", "day": "day"}}}
    return read_cohort(f"id,arm,OS_months,OS_event,response,known\n{lines}".encode(), mapping,
                       adverse_events=events.encode())


def dated_cohort() -> Cohort:
    """Read patients whose response and failures have the month when they became known."""
    return from_text(DATED)


def marked_cohort() -> Cohort:
    """Markup as an arm, a level, a header and a term of adverse events."""
    text = "id,arm,OS_months,OS_event,=H(1)<i>,ae_<u>fever</u>\n" + "".join(
        f"p{i},{MARKUP[i % 2]},{i + 1},{i % 3 > 0:d},{MARKUP[i % 6]},{i % 4}\n" for i in range(36))
    return from_text(text)
