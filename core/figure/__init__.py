"""What a Figure is (chart, table, notes, provenance), and the theme that all are drawn in."""
