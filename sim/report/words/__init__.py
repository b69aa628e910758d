"""The words that people read, in Chinese and English: the catalogue, names of levers, numbers."""
