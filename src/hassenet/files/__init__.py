"""Files as they come, and packages that may be missing: text, atomic writing, one door for each package."""
