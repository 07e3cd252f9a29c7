"""The key pair that makes a rehearsal export readable."""
