"""Parts of the template that packaging adds to resources.yaml and to what Chalice writes."""
