"""The same figures by lifelines, and R code for them."""
