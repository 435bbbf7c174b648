"""The public base as JSON, for programs: lists and records, read-only, with a description of both."""
