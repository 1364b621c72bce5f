"""Scripts that give the figures outside of the app: R with survival, and Python with `core`."""

from core.scripts.pack import scripts_zip

__all__ = ["scripts_zip"]
