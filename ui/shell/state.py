"""What a session remembers, and the only place that touches `st.session_state` by name.

The filters are the truth; widgets and charts show them and write back through callbacks.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any, Literal, TypedDict, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import RerunException, get_script_run_ctx

from core.cohort import EXACT, GROUPS, Cohort, Condition, Filters, Groups
from core.errors import NeedsAnswer
from core.export import Entry, Style, Talk
from core.figure import Figure
from core.intake import Loading, Section
from core.language import say
from core.overview import Record
from core.read_options import ReadOptions
from core.reading import TextTable
from core.recipes import Edits, KeptFigure
from ui.hosted import look, visit
from ui.shell.serving import forget_session


class Kept(TypedDict):
    """How an option's widget keeps its value: on other pages, and in the address."""

    persist_state: Literal["session"]
    bind: Literal["query-params"]


Turn = Literal["in order", "second", "late"]  # of a page's part at a change; second: once the first chart is there
KEPT: Kept = {"persist_state": "session", "bind": "query-params"}
_T = TypeVar("_T")
OF_THE_TALK = "figure of the talk"  # under which the changes of one are kept while they are made
OWN = "own"  # query parameter: this browser had uploaded a file of its own
_HISTORY, _MAPPINGS = 50, 5


@dataclass
class Draft:
    """Files that are being mapped and are not yet the cohort.

    `revision` counts the changes that did not come from the form's own widgets: these start anew then.
    """

    loading: Loading
    number: int  # of the draft among the session's
    offered: dict[str, Any] | None = None  # the mapping of an earlier file that fits this one
    revision: int = 0
    section: Section | None = None  # of the form that is open
    codes_here: dict[tuple[str, ...], list[str]] = field(default_factory=dict)  # missing codes in the file

    @property
    def table(self) -> TextTable:
        """The file as text."""
        return self.loading.table


@dataclass(frozen=True, kw_only=True)
class View:
    """What is looked at, as text that may come from anyone: "" where nothing is said of it."""

    endpoint: str = ""
    by: str = ""
    filters: str = ""
    groups: str = ""
    landmark: str = ""
    tau: str = ""
    references: str = ""


@dataclass
class Session:
    """One browser session's state."""

    cohort: Cohort | None = None
    draft: Draft | None = None
    source: str = ""  # the uploads, and the options, that the draft was read from
    options: ReadOptions = field(default_factory=ReadOptions)
    drafts: int = 0  # how many there were
    asked: NeedsAnswer | None = None  # how the newest upload is to be read
    given: list[str] = field(default_factory=list)  # names of the uploads, in order
    files: list[str] = field(default_factory=list)  # of these, those that the cohort in use was read from
    unread: str = ""  # why the uploads could not be read, where they could not
    not_taken: bool = False  # by the server's limits, which may let them in later
    bad: dict[str, str] = field(default_factory=dict)  # uploads whose reading was ended, by their ids, and why
    given_up: set[str] = field(default_factory=set)  # work that was given up, by its name
    results: dict[str, OrderedDict[str, Any]] = field(default_factory=dict)  # by what computed them; see cache.py
    mappings: list[dict[str, Any]] = field(default_factory=list)  # of the cohorts loaded so far
    reading: dict[str, Any] = field(default_factory=dict)  # how the cohort in use was read, where that was chosen
    forgets: bool = False  # data were cleared, and the server has yet to forget them
    cleared: int = 0  # how often data were cleared: the upload widget starts anew each time
    filters: Filters = field(default_factory=Filters)
    groups: Groups = field(default_factory=Groups)
    history: list[Filters] = field(default_factory=list)  # the filters that were on before
    undone: list[Filters] = field(default_factory=list)  # those that Redo puts on again, the next one last
    endpoint: str = ""
    by: str | None = ""  # "" until chosen: the arm where there is one; None: one curve
    term: str = ""  # the adverse event that is looked at
    called: int = 0  # how often a click in a chart asked for that event's panel, which then comes into sight
    published: str = ""  # the published figure whose panel is asked for
    landmark: float = 0.0  # months; 0 for none
    tau: dict[str, float] = field(default_factory=dict)  # per endpoint, where one was chosen
    references: dict[str, str] = field(default_factory=dict)  # strata compared with, by variable, where chosen
    clicked: dict[str, frozenset[str]] = field(default_factory=dict)
    components: list[str] = field(default_factory=list)  # of the page, that send actions
    acknowledged: int = 0  # the number of the last of these that was done
    brushed: str = ""  # the variable whose range the browser can let curves follow
    searched: bool = False  # whether a cut of that variable is looked for
    records: dict[str, Record] = field(default_factory=dict)  # of comparisons, by the file's fingerprint
    looks: int = 0  # ranges that were looked at while they moved
    exact: int = EXACT  # patients above whom these curves have their times in intervals
    charts: dict[str, list[str]] = field(default_factory=dict)  # of Explore in order, by file, where they were chosen
    wide: bool = False  # these charts in one column
    signs: dict[tuple[str, int, str], str] = field(default_factory=dict)  # by variable, range and side, those chosen
    parts: dict[str, Turn] = field(default_factory=dict)  # of the page, in its order, and when a change draws them
    shows: dict[str, Callable[[], object]] = field(default_factory=dict)  # what a change may alter of each
    shown: dict[str, object] = field(default_factory=dict)  # what that was when each was drawn to its end last
    took: dict[str, float] = field(default_factory=dict)  # seconds in which each was drawn last
    part: str = ""  # that is being drawn
    figures: dict[str, list[Callable[[], list[Figure]]]] = field(default_factory=dict)  # by part, for the export
    waiting: View | None = None  # what the address asked for, until there is a cohort for it
    address: dict[str, str] | None = None  # what the browser was told last that the address holds
    deck: list[Entry] = field(default_factory=list)  # figures of the talk, in order
    to_make: list[KeptFigure] = field(default_factory=list)  # figures of a saved talk, which come before these
    talk: Talk = field(default_factory=Talk)
    style: Style = field(default_factory=Style)  # in which figures are saved
    edits: dict[str, Edits] = field(default_factory=dict)  # what is changed of figures, by their slugs
    template: bytes | None = None  # of a hospital, that slides are put on
    template_name: str = ""
    export_trouble: str = ""  # why a style or template that was given is not used
    notice: str = ""  # to be said once
    misfits: list[str] = field(default_factory=list)  # why a part of that was left out
    warn_below: int = 30  # patients; of fewer every page says so
    sidebar_open: bool = False
    language: str = ""  # of the page; "" until it is chosen or known
    page: str = ""
    begun_anew: bool = False  # the browser had an earlier session that is no more
    in_turn: Callable[[str, Callable[[], None]], None] | None = None  # makes a button's change among the actions
    pressed: dict[str, Callable[[], None]] = field(default_factory=dict)  # changes of buttons that wait for their turn
    heard: dict[str, int] = field(default_factory=dict)  # how often each button was heard beside the actions

    # A newer click may end a callback at any `st.` call. These methods make none, so that what they
    # change is changed whole; callbacks read by `session()` and `value_of()`, which nothing ends.

    def press(self, button: str, change: Callable[[], None]) -> None:
        """Make the change that a button asks for: in its turn, where actions came before it."""
        if self.in_turn:
            self.in_turn(button, change)
        else:
            change()

    def acknowledge(self, number: int, looks: int) -> None:
        """Remember that a numbered action was done, and how many ranges were looked at before it."""
        self.acknowledged, self.looks = number, self.looks + looks

    def act(self, filters: Filters) -> None:
        """Put on the filters that a person asks for, and remember the old ones for Undo."""
        if filters.key != self.filters.key:
            self.begun_anew, self.misfits = False, []
            self.history = [*self.history[-_HISTORY:], self.filters]
            self.filters, self.undone = filters, []

    def put_on(self, key: str, condition: Condition | None) -> None:
        """Give one variable a condition, or take it away."""
        self.act(self.filters.with_condition(key, condition))

    def move(self, key: str, by: int) -> None:
        """Put a variable's condition earlier or later; that is no step to undo, for the patients stay the same."""
        if key in self.filters:
            self.filters = self.filters.moved(key, by)

    def reset(self) -> None:
        """Take all conditions away."""
        self.act(Filters())

    @property
    def steps(self) -> list[Filters]:
        """The filters that can be gone to, the oldest first; those that are on stand behind the history."""
        return [*self.history, self.filters, *reversed(self.undone)]

    def undo(self) -> None:
        """Take back the last change of filters."""
        self.go_to(len(self.history) - 1)

    def redo(self) -> None:
        """Put on again what was taken back last."""
        self.go_to(len(self.history) + 1)

    def go_to(self, step: int) -> None:
        """Put on the filters of a step, counted from the oldest that is remembered."""
        steps = self.steps
        if 0 <= step < len(steps):
            self.history, self.filters, self.undone = steps[:step], steps[step], steps[:step:-1]

    def put_groups(self, groups: Groups) -> None:
        """Change the named groups; filters by levels that this takes away end, in the steps back and forward too."""
        former, self.groups, self.misfits = [g.name for g in self.groups.compared], groups, []
        if former != [g.name for g in groups.compared]:
            self.history, self.undone = ([f.with_condition(GROUPS, None) for f in steps]
                                         for steps in (self.history, self.undone))
            self.filters = self.filters.with_condition(GROUPS, None)

    def on_page(self, page: str) -> None:
        """Begin a run of a page; another page's charts start without a selection."""
        for of_parts in (self.parts, self.shows, self.shown):
            of_parts.clear()
        self.part = ""
        if page != self.page:
            self.begun_anew = self.begun_anew and not self.page
            self.page, self.in_turn = page, None
            self.pressed.clear()
            self.components.clear()
            self.figures.clear()  # else each part renews its own
            self.clicked.clear()

    def on_part(self, part: str) -> None:
        """Begin to draw a part of the page."""
        self.part = part
        self.shown.pop(part, None)
        self.figures[part] = []

    def offer(self, figures: Callable[[], list[Figure]]) -> None:
        """Let the page export figures; they are made when the export is asked for."""
        self.figures.setdefault(self.part, []).append(figures)

    def all_figures(self) -> list[Figure]:
        """Return the figures that the page can export."""
        return [figure.ready() for offers in self.figures.values() for offer in offers for figure in offer()]


def _undisturbed(read: Callable[[], _T]) -> _T:
    """Read from Streamlit within a callback without being ended there by a newer click, which would undo this one.

    The newer click ends the run at the next `st.` call that draws.
    """
    try:
        return read()
    except RerunException as newer:
        out, context = read(), get_script_run_ctx()
        if context and context.script_requests:
            context.script_requests.request_rerun(newer.rerun_data)
        return out


def session() -> Session:
    """Return this session's state."""
    current = _undisturbed(lambda: st.session_state.get("cohortscope"))
    return current or _undisturbed(lambda: st.session_state.setdefault("cohortscope", Session(**look.first_choices())))


def _replace(new: Session) -> None:
    """Put a new state in the old one's place, within the one object: the server keeps what is replaced for a run."""
    vars(session()).update(vars(new))


def load(cohort: Cohort) -> None:
    """Make an uploaded cohort the session's; filters and choices of the former one end with it."""
    current = session()
    same = current.cohort is not None and current.cohort.fingerprint == cohort.fingerprint
    _replace(Session(
        cohort=cohort, draft=current.draft, given=current.given, files=current.given, source=current.source,
        notice="" if same or not current.deck else say("The slides of the former file are left behind: add new ones."),
        deck=current.deck if same else [], to_make=current.to_make if same else [],
        talk=current.talk if same else Talk(), edits=current.edits if same else {},
        options=current.options, cleared=current.cleared,
        drafts=current.drafts, results={k: v for k, v in current.results.items() if k in ("sample", "typed")},
        warn_below=current.warn_below, exact=current.exact, waiting=current.waiting, address=current.address,
        page=current.page, acknowledged=current.acknowledged, heard=current.heard, called=current.called,
        records=current.records, charts=current.charts, wide=current.wide,
        style=current.style, template=current.template, template_name=current.template_name,
        reading=current.draft.table.options.to_json() if current.draft else {},
        sidebar_open=current.sidebar_open, language=current.language,
        mappings=[*current.mappings, cohort.mapping.to_json()][-_MAPPINGS:]))
    st.query_params[OWN] = "1"
    visit.record("loaded", rows=cohort.whole.n, columns=len(cohort.table.columns), files=len(current.given))


def clear() -> None:
    """Drop all of the session's data at once; other sessions keep theirs."""
    current = session()
    visit.record("cleared")
    # the page stays known, so that the address is not read again
    _replace(Session(**look.first_choices(), cleared=current.cleared + 1, acknowledged=current.acknowledged,
                     heard=current.heard, called=current.called, sidebar_open=current.sidebar_open,
                     language=current.language, forgets=True, page=current.page or "Explore"))
    st.query_params.pop(OWN, None)


def forget_what_was_cleared() -> None:
    """Let the server forget, too: at the begin of a run, for a callback may still need what the server keeps."""
    if session().forgets:
        session().forgets = False
        forget_session()


def session_name() -> str:
    """Return a name of this session that says nothing: by it the browser sees that another one answers."""
    name: str = st.session_state.setdefault("session-name", token_hex(8))
    return name


def chart_id(cohort: Cohort) -> str:
    """Name what is drawn of a cohort in this session: in another one its charts start without a selection."""
    return f"{session_name()[:4]}-{cohort.fingerprint[:8]}"


def begin_anew() -> None:
    """Take it from the browser that the session it had before is no more."""
    session().begun_anew = True


def own_parameter() -> dict[str, str]:
    """Return the query parameter that links pass on, so that a new session can tell that a file was here.

    Never None: `st.switch_page` refuses that while the page that is left has a widget in the address.
    """
    return {OWN: "1"} if st.query_params.get(OWN) == "1" else {}


def expired() -> bool:
    """Tell whether this browser had a file of its own that the session no longer holds."""
    return session().cohort is None and st.query_params.get(OWN) == "1"


def on_dark_page() -> bool:
    """Tell whether the person reads light text on a dark page."""
    return bool(st.context.theme.type == "dark")


def widget(key: str, value: Any) -> str:
    """Give a widget its value from the state before it is drawn; return its key."""
    _undisturbed(lambda: st.session_state.__setitem__(key, value))
    return key


def say_choices_again() -> None:
    """Give each list of choices its value once more, in a callback: its words are in another language from now on.

    A browser tells what is chosen by the words that it shows, and would go on to tell the former ones.
    """
    for key, value in list(st.session_state.items()):
        if isinstance(value, str) or (isinstance(value, (list, tuple)) and all(isinstance(v, str) for v in value)):
            widget(str(key), value)


def value_of(key: str) -> Any:
    """Return what a widget holds."""
    return _undisturbed(lambda: st.session_state.get(key))
