"""Small programs that run inside `.venv`, started by the three scripts as `python -m tools.inside.<name>`."""
