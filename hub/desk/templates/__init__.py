"""Templates and style sheets of the desk."""
