"""See also, kept up to date by itself: related content, duplicates and completions while you write."""

__version__ = "0.1.0"
