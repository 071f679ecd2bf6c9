"""Red flags (疑点): looked for in the ledger and the projects, kept until somebody says what they are."""
