"""The verbs of the vault. Each is one transaction of the vault's database, and one line at least of its journal."""
