"""Charts: one specification for the page, the notebook and the picture."""
