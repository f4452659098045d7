"""Pages of prevention and education: thin, forms in, verbs, answers out."""
