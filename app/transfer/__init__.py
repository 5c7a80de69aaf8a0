"""THE LOADING DOCK: files in and out, by COPY."""
