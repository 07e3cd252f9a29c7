"""Before the first screen: the accounts and the service request."""
