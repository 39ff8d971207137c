"""Reads every entry of a zip and compares its CRC; exits with 1 and a name if one is damaged: zipfile-test.py ARCHIVE"""

import sys
import zipfile

damaged = zipfile.ZipFile(sys.argv[1]).testzip()
sys.exit(f"damaged: {damaged}" if damaged else 0)
