"""Invented marketplaces with known truths: deterministic from a seed, and marked as simulated everywhere."""
