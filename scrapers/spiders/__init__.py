"""One file a source: its facts at the top, and one function that reads its pages."""
