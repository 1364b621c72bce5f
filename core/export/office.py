"""What PowerPoint and Word files enclose beside what is seen."""

from __future__ import annotations

from typing import Any

from core.enclosed import as_xml

_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXml"


def enclose(part: Any, view: str) -> None:
    """Put the view that leads back to a figure into an Office file, as a custom XML part of its main part.

    Parameters
    ----------
    part : the main part of python-pptx or python-docx
    """
    if not view:
        return
    packages = type(part).__module__.split(".")[0]
    if packages == "pptx":
        from pptx.opc.package import Part
        from pptx.opc.packuri import PackURI

        made: Any = Part(PackURI("/customXml/item90.xml"), "application/xml", part.package, as_xml(view))
    else:
        from docx.opc.packuri import PackURI as WordURI
        from docx.opc.part import Part as WordPart

        made = WordPart(WordURI("/customXml/item90.xml"), "application/xml", as_xml(view), part.package)
    part.relate_to(made, _RELATION)
