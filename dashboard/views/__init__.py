"""One file a view; each holds `show(scope)`."""
