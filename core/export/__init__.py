"""Figures become files. Exporters take a Figure and nothing else."""

from core.export.checklists import CHECKLISTS, checklist
from core.export.data import table_bytes
from core.export.deck import Entry, Talk, deck_pptx
from core.export.files import FORMATS, NATIVE, board_name, file_name, formats_of, made, purposes_of, zipped
from core.export.handout import handout_pdf
from core.export.journals import P_STYLES, restyled
from core.export.manuscript import methods_paragraph, results_sentences
from core.export.privacy import holds_times, privacy_words
from core.export.raster import PIXELS, too_many
from core.export.report import report_html
from core.export.slides import pptx
from core.export.stage import open_stage
from core.export.style import DPI, LEAST, PRESETS, Style, dressed

__all__ = ["CHECKLISTS", "DPI", "FORMATS", "LEAST", "NATIVE", "PIXELS", "PRESETS", "P_STYLES", "Entry",
           "Style", "Talk", "board_name", "checklist", "deck_pptx", "dressed", "file_name", "formats_of", "handout_pdf",
           "holds_times", "made", "methods_paragraph", "open_stage", "pptx", "privacy_words", "purposes_of",
           "report_html", "restyled", "results_sentences", "table_bytes", "too_many", "zipped"]
