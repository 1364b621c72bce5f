"""The Slides page: a talk put together from the figures of all pages."""
