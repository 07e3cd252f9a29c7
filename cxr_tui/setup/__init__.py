"""Guided setup: guide, journal and gateways brought together, for the wizard and for its headless twins alike."""
