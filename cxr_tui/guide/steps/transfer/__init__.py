"""CX Audience's access to the file server."""
