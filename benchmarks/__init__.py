"""The measured scenarios of `bench.py`; what each receives and returns is in tools/figures.py."""
