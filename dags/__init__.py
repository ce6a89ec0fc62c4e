"""Run: the pipeline and the `gigs` command line."""
