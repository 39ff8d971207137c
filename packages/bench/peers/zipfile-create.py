"""Makes a zip of a directory with Python's zipfile, level 1: zipfile-create.py DIRECTORY ARCHIVE"""

import os
import sys
import zipfile

directory, archive = sys.argv[1:]
with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
    for parent, _, names in os.walk(directory):
        for name in names:
            path = os.path.join(parent, name)
            out.write(path, os.path.relpath(path, directory))
