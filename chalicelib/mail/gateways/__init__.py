"""What mail gateways and servers add to mails."""
