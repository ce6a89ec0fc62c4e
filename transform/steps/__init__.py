"""Pure functions: text and frames in, values and frames out; no clock, no network."""
