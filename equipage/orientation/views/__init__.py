"""The public pages, one module a family."""
