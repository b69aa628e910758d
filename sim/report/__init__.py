"""How a study is shown: pages, what the terminal prints, answers, charts, and their words in Chinese and English."""
