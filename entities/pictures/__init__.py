"""Pictures of the story as SVG: one module a picture, plain values in, markup out, the same for the same values."""
