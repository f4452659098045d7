"""The pages of `docs/generated/`, written from the code itself: `manage.py generate_docs`."""
