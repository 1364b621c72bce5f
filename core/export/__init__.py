"""Figures become files. Exporters take a Figure and nothing else."""

from core.export.data import table_bytes
from core.export.files import FORMATS, board_name, file_name, formats_of, made
from core.export.slides import pptx

__all__ = ["FORMATS", "board_name", "file_name", "formats_of", "made", "pptx", "table_bytes"]
