"""Files become grids of text: what the bytes are, how they are encoded, cut into cells, laid out."""
