"""The demo region: Pays de la Loire, where every person and every sum is fictitious (région de démonstration).

Rows are written in bulk, yet by the rules of the house: prices, shares, texts and hashes come from the same pure
functions as the verbs. The same seed and the same reference day give the same region.
"""
