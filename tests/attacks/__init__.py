"""What an attacker sends, beside what everybody is answered."""
