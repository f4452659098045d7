"""What every test of the project gets: strictness first, then a browser and a real server for those that ask."""

pytest_plugins = [
    "tests.strict.templates",
    "tests.strict.queries",
    "tests.strict.flushing",
    "tests.strict.engines",
    "tests.browser",
]
