"""Whether conditions can hold together: what each leaves possible in one respect, and all ways to meet a filter."""
