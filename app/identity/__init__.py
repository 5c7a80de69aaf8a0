"""THE PORTER: who asks, by a token of ours or by one that an identity provider has signed."""
