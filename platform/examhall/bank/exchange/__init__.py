"""Questions out of files and into files: imports from upload to undo, and exports."""
