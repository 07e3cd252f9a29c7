"""The export job in Responsys (Part 3)."""
