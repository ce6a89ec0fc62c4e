"""Understand: the dbt project, its seeds, and the pure functions that its Python models call."""
