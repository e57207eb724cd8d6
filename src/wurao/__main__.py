"""`python -m wurao` is the command `wurao`."""

from wurao.cli import main

if __name__ == "__main__":
    main()
