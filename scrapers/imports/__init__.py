"""Imports: files that somebody already has become listings, by one TOML mapping a dataset.

files     what a file is: format, encoding, delimiter
readers   one module a family of formats; each yields `Chunk`s of columns and rejects
mapping   the TOML file of a dataset, checked
rules     how a contract field is made from columns: the verbs of a mapping
convert   chunks become batches of the contract
profile   what is in an unknown file, and a mapping draft for it
"""
