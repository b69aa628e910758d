"""Arithmetic that knows nothing of the model: intervals, shares of a game, sensitivity indices, fronts, boxes."""
