"""Work in processes of their own, with limits of time and memory."""

from core.workers.pool import WORKERS, Bounds, TaskEnded

__all__ = ["WORKERS", "Bounds", "TaskEnded"]
