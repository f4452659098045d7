"""What the bank answers (réponses de la banque): pain.002, camt.053, camt.054, read as distrusted bytes; pure code."""
