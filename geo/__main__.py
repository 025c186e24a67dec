"""``python -m geo``: the command line where its program is not on the path."""

from geo.cli import main

if __name__ == "__main__":
    main()
