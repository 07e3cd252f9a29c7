"""From a file to records: fetch, decrypt, decode."""
