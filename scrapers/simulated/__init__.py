"""Invented marketplaces with known truths: the same for the same seed, marked as simulated everywhere.

A market is made in steps, each a module: `planted` (what is true, as functions of time), `draw` (who posts
what and when, as numbers), `phrases` and `money` (texts and notations), `build` (records). It leaves in three
ways: `records` (one Parquet file of any size), `markets` (a file a marketplace, each in another format) and
`server` (the formats of real sources over HTTP, from `world`, the market as it stands on a day).
"""
