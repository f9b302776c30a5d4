"""What Aftercare costs and how fast it is: `python -m bench [SUBJECT …]`, a module for each subject.
Every figure stands beside a floor that was measured in the same run; only their ratio says anything."""
