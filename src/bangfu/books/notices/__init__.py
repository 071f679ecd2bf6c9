"""Public notices (公示): published copies, open for their days, with objections."""
