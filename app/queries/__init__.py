"""THE MESSENGER: every sentence spoken to PostgreSQL, one module a noun.

Each function takes the id of the workspace it speaks of, and every statement names it.
"""
