"""The Connect file server over SFTP."""
