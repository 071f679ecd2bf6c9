"""The ledger (资金台账): stages, postings, digests, seals and the recount. Pure: it stores nothing."""
