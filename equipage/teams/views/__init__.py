"""The pages of teams, of their members, and of those who are invited."""
