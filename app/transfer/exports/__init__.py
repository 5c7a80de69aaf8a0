"""Contacts as files: CSV, NDJSON, Parquet."""
