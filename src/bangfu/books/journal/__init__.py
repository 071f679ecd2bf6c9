"""The journal (日志): who did what, where, when and why. Append-only, no reference to live rows."""
