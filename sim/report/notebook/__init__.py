"""What an object says of itself: a few lines in a console, with a table in a notebook."""
