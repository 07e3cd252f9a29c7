"""What is inside an exported file, as the import will see it: read, judged and summed up before the import runs."""
