"""Figures become files. Exporters take a Figure and nothing else."""

from core.export.files import FORMATS, Format, board_name, file_name, formats_of, made

__all__ = ["FORMATS", "Format", "board_name", "file_name", "formats_of", "made"]
