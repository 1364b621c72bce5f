"""Figures for Prometheus: how many people, how quick, how full. They tell of no person and no file.

Several processes share a folder (PROMETHEUS_MULTIPROC_DIR), and each answers for all of them.
"""

from __future__ import annotations

import os

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

SESSIONS = Gauge("cohortscope_sessions", "Sessions with an open page.", multiprocess_mode="livesum")
MEMORY = Gauge("cohortscope_memory_bytes", "Resident memory of the app's processes.", multiprocess_mode="livesum")
WORKERS_MEMORY = Gauge("cohortscope_workers_memory_bytes", "Resident memory of the processes that read files and draw.",
                       multiprocess_mode="livesum")
WAITING = Gauge("cohortscope_waiting_tasks", "Readings, slides and fits that wait for their turn.",
                multiprocess_mode="livemax")
RUNS = Histogram("cohortscope_run_seconds", "Seconds of the server for a page or a click.",
                 buckets=(.025, .05, .1, .2, .4, .8, 1.6, 3.2, 6.4, 12.8))
READ = Counter("cohortscope_files_read", "Cohorts that were loaded.")
REFUSED = Counter("cohortscope_refused", "What was refused, by the reason.", ["reason"])
EXPORTED = Counter("cohortscope_exports", "Files that were saved, by their format.", ["format"])


def exposition() -> tuple[bytes, str]:
    """Return all figures in Prometheus' text format, and its content type."""
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # has no types
    return generate_latest(registry), CONTENT_TYPE_LATEST
