"""What is public as files for programs and for people. Each reads as the public role does."""
