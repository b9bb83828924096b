"""How values are shown: words, escaping and documents."""
