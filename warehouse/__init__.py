"""Keep: landing files, raw tables, releases and exports."""
