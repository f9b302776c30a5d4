"""Pages and endpoints for customers and storefronts."""
