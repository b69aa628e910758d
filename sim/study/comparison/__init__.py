"""Scenarios side by side: who was saved, what it cost, when what was put off falls due, which targets are met."""
