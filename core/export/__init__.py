"""Figures become files. Exporters take a Figure and nothing else."""

from core.export.files import FORMATS, Format, file_name

__all__ = ["FORMATS", "Format", "file_name"]
