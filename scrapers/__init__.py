"""Collect: spiders that fetch what they may, and imports of files that somebody already has."""
