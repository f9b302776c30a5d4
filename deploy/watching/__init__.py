"""What lets operators see a stack: alarms by mail, and a dashboard."""
