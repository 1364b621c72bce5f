"""Figures become files. Exporters take a Figure and nothing else."""

from core.export.files import FORMATS, Format, file_name, formats_of

__all__ = ["FORMATS", "Format", "file_name", "formats_of"]
