"""The gate: nothing reaches the network but through here."""
