"""What contacts have: values and labels with their counts, how many there are about, and how many there will be."""
