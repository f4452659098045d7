"""The pages of contacts and requests for help."""
