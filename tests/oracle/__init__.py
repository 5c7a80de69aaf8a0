"""The oracle: what a filter means, in plain Python and sets, written without the code that it judges."""
