"""Bytes become a table of text: encoding, cells, header, numbers, dates. It knows no medicine."""
