"""The project's settings, in a temporary data folder, with what makes tests quick and strict."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

# Whatever the shell says: a test never touches the data of an installation.
VAR = Path(tempfile.mkdtemp(prefix="equipage-tests-"))
atexit.register(shutil.rmtree, VAR, ignore_errors=True)
os.environ["EQUIPAGE_VAR"] = str(VAR)
# whitenoise warns about a static folder that does not exist.
(VAR / "static").mkdir()
for name in [name for name in os.environ if name.startswith("EQUIPAGE_") and name != "EQUIPAGE_VAR"]:
    if name not in {"EQUIPAGE_CHROMIUM", "EQUIPAGE_TEST_SEED", "EQUIPAGE_TEST_VAULT"}:
        del os.environ[name]

# The vault is there for its own tests; only they ask for its database, which is made for them alone.
if os.environ.get("EQUIPAGE_TEST_VAULT") != "off":
    os.environ["EQUIPAGE_CLINICAL"] = "1"
    os.environ["EQUIPAGE_CLINICAL_KEYS"] = "essai:" + "clef-du-coffre-pour-les-tests-".ljust(40, "x")
    if os.environ.get("DATABASE_URL"):
        place = urlsplit(os.environ["DATABASE_URL"])
        os.environ["EQUIPAGE_CLINICAL_DATABASE_URL"] = place._replace(path=f"{place.path}_clinical").geturl()

from equipage.settings import *  # noqa: E402, F403
from equipage.settings import DATABASES, STORAGES, TEMPLATES  # noqa: E402
from tests.strict.unknown import UnknownVariableRaises  # noqa: E402

# Processes that tests start are told of the vault by the test that wants it.
for name in ("EQUIPAGE_CLINICAL", "EQUIPAGE_CLINICAL_KEYS", "EQUIPAGE_CLINICAL_DATABASE_URL"):
    os.environ.pop(name, None)

# argon2 costs 0.17 s a hash on purpose; tests sign in hundreds of times.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Pages are tested without a built front end; the built one is tested in the browser.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

options = cast(dict[str, Any], TEMPLATES[0]["OPTIONS"])
options["string_if_invalid"] = UnknownVariableRaises()

for alias, database in DATABASES.items():
    if database["ENGINE"].endswith("sqlite3"):
        # A file, not memory: two connections of one test must be able to wait for each other, as in real life.
        database["TEST"] = {"NAME": str(VAR / f"test-{alias}.sqlite3")}
