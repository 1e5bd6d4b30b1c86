"""The lab's own engine: real processes behind the Docker Engine API, without Docker and without root."""
