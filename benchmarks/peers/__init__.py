"""Other libraries, taking the same steps; each module imports its library when it is asked to run."""
