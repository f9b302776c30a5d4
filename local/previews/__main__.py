"""Every page and mail with sample data, as files to look at: `python -m local.previews OUT`."""

import sys
from pathlib import Path

from local.previews.writing import write

if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("python -m local.previews OUT")
    print(f"{write(Path(sys.argv[1]))} pages and mails written to {sys.argv[1]}")
