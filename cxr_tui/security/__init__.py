"""What stays private: secrets masked in all that is printed, files for their owner alone, no core dumps."""
