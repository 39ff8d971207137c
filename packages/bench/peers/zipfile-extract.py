"""Extracts a zip with Python's zipfile, which checks every CRC: zipfile-extract.py ARCHIVE DIRECTORY"""

import sys
import zipfile

archive, directory = sys.argv[1:]
with zipfile.ZipFile(archive) as opened:
    opened.extractall(directory)
