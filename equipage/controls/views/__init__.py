"""The pages of controls."""
