"""The pages of the vault. Every one asks who it is, keeps nothing in a cache, and writes who read what."""
