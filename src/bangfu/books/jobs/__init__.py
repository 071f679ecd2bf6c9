"""Background work (后台任务): imports, screening and printing that outlive a request."""
