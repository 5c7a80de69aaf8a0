"""The mutations, one module a noun: each takes one input and answers a payload with its problems."""
