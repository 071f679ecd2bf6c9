"""The command line: one plain function a command."""
