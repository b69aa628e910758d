"""How a study is shown: words in Chinese and English, the page, figures, terminal tables."""
