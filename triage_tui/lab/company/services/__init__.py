"""What runs in the containers: each module is one program, with as few imports as it can do with."""
