"""The books as somebody reads them: the balance of the accounts, and the file that an accountant takes (FEC)."""
