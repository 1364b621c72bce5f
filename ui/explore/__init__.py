"""The Explore page: charts to click on, and the live board."""
