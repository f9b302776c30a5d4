"""What Aftercare costs and how fast it is: `python -m bench [SUBJECT …]`, one module per subject. Every figure stands
beside a floor measured in the same run; only their ratio is meaningful."""
