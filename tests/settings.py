"""The project's settings, in a temporary data folder, with what makes tests quick and strict."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any, cast

# Whatever the shell says: a test never touches the data of an installation.
VAR = Path(tempfile.mkdtemp(prefix="equipage-tests-"))
atexit.register(shutil.rmtree, VAR, ignore_errors=True)
os.environ["EQUIPAGE_VAR"] = str(VAR)
# whitenoise warns about a static folder that does not exist.
(VAR / "static").mkdir()
for name in [name for name in os.environ if name.startswith("EQUIPAGE_") and name != "EQUIPAGE_VAR"]:
    if name not in {"EQUIPAGE_CHROMIUM", "EQUIPAGE_TEST_SEED"}:
        del os.environ[name]

from equipage.settings import *  # noqa: E402, F403
from equipage.settings import DATABASES, STORAGES, TEMPLATES  # noqa: E402
from tests.strict.unknown import UnknownVariableRaises  # noqa: E402

# argon2 costs 0.17 s a hash on purpose; tests sign in hundreds of times.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Pages are tested without a built front end; the built one is tested in the browser.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

options = cast(dict[str, Any], TEMPLATES[0]["OPTIONS"])
options["string_if_invalid"] = UnknownVariableRaises()

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: two connections of one test must be able to wait for each other, as in real life.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR / "test.sqlite3")}
