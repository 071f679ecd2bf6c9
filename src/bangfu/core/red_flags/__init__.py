"""Red flags (疑点): rules over the ledger and the projects' facts. Pure; a flag accuses nobody."""
