"""The charts of a comparison, one module a figure: the rows behind it and its specification in a language."""
