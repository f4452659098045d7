"""What the database of the vault refuses: a version that changes, a version that dies before its patient's key."""

from __future__ import annotations

from equipage.foundation.db import Trigger

_KEPT = ("reference", "revision", "plan_id", "number", "digest", "frozen_by", "frozen_at")
_CHANGED = "clinical_planversion : une version figée ne change pas"
_DIES = "clinical_planversion : une version ne s''efface qu''après la clé de son dossier"
_HAS_KEY = (
    "EXISTS (SELECT 1 FROM clinical_datakey k JOIN clinical_plan p ON p.patient_id = k.patient_id "
    "WHERE p.reference = OLD.plan_id)"
)


class FrozenVersions(Trigger):
    """Only the encrypted text may be written again, under another key: the digest says that the content is the same."""

    def __init__(self) -> None:
        self.description = "frozen clinical_planversion"
        changed = {
            vendor: " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in _KEPT)
            for vendor, differs in (("sqlite", "IS NOT"), ("postgresql", "IS DISTINCT FROM"))
        }
        super().__init__(
            sqlite=(
                [
                    "CREATE TRIGGER clinical_planversion_no_update BEFORE UPDATE ON clinical_planversion "
                    f"WHEN {changed['sqlite']} BEGIN SELECT RAISE(ABORT, '{_CHANGED}'); END",
                    "CREATE TRIGGER clinical_planversion_no_delete BEFORE DELETE ON clinical_planversion "
                    f"WHEN {_HAS_KEY} BEGIN SELECT RAISE(ABORT, '{_DIES}'); END",
                ],
                ["DROP TRIGGER clinical_planversion_no_update", "DROP TRIGGER clinical_planversion_no_delete"],
            ),
            postgresql=(
                [
                    "CREATE FUNCTION clinical_planversion_frozen() RETURNS trigger LANGUAGE plpgsql AS "
                    f"$$ BEGIN RAISE EXCEPTION '{_CHANGED}' USING ERRCODE = '23514'; END $$",
                    "CREATE FUNCTION clinical_planversion_kept() RETURNS trigger LANGUAGE plpgsql AS "
                    f"$$ BEGIN IF {_HAS_KEY} THEN RAISE EXCEPTION '{_DIES}' USING ERRCODE = '23514'; END IF; "
                    "RETURN OLD; END $$",
                    "CREATE TRIGGER clinical_planversion_no_update BEFORE UPDATE ON clinical_planversion "
                    f"FOR EACH ROW WHEN ({changed['postgresql']}) EXECUTE FUNCTION clinical_planversion_frozen()",
                    "CREATE TRIGGER clinical_planversion_no_delete BEFORE DELETE ON clinical_planversion "
                    "FOR EACH ROW EXECUTE FUNCTION clinical_planversion_kept()",
                    "CREATE TRIGGER clinical_planversion_no_truncate BEFORE TRUNCATE ON clinical_planversion "
                    "FOR EACH STATEMENT EXECUTE FUNCTION clinical_planversion_frozen()",
                ],
                [
                    "DROP TRIGGER clinical_planversion_no_update ON clinical_planversion",
                    "DROP TRIGGER clinical_planversion_no_delete ON clinical_planversion",
                    "DROP TRIGGER clinical_planversion_no_truncate ON clinical_planversion",
                    "DROP FUNCTION clinical_planversion_frozen()",
                    "DROP FUNCTION clinical_planversion_kept()",
                ],
            ),
        )
