"""Pages of the actions. Thin: forms in, verbs, answers out."""
