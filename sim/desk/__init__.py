"""The planner's desk: what-ifs on a local page, run in the background."""
