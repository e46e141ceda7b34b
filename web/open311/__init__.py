"""Open311 GeoReport v2 for partners, under /open311/v2. May import: what web may."""
