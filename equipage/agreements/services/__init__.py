"""The verbs of conventions: drawing them up (`drawing`), signing them (`signing`), ending them (`ending`)."""
