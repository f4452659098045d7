"""What `run.py`, `test.py` and `bench.py` share: set-up, steps on screen, child processes. Standard library only."""
