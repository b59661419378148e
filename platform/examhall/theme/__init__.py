"""The looks: base templates, components, styles, small scripts, and what templates may call."""
