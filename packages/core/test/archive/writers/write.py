"""Packs the directory argv[2] into argv[3] with a library of Python: argv[1] says which, and how."""

import os
import stat
import sys
import zipfile

how, root, target = sys.argv[1:]


def walk():
    """Yields (path, name, stats) of everything below root; the name of a directory ends in "/"."""
    for parent, directories, files in os.walk(root):
        for name in sorted(directories + files):
            path = os.path.join(parent, name)
            stats = os.lstat(path)
            relative = os.path.relpath(path, root)
            yield path, relative + ("/" if stat.S_ISDIR(stats.st_mode) else ""), stats


def content_of(path, stats):
    if stat.S_ISLNK(stats.st_mode):
        return os.readlink(path).encode()
    if stat.S_ISDIR(stats.st_mode):
        return b""
    with open(path, "rb") as file:
        return file.read()


class Pipe:
    """A file that can only be written to, and does not know where it is."""

    def __init__(self, file):
        self.file = file

    def write(self, data):
        return self.file.write(data)

    def flush(self):
        self.file.flush()


def with_zipfile(output, force_zip64=False, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(output, "w", method) as archive:
        for path, name, stats in walk():
            info = zipfile.ZipInfo(name, (2024, 5, 6, 7, 8, 10))
            info.create_system = 3
            info.external_attr = stats.st_mode << 16
            info.compress_type = method
            with archive.open(info, "w", force_zip64=force_zip64) as member:
                member.write(content_of(path, stats))


def zipfile_into_a_pipe(force_zip64=False):
    with open(target, "wb") as file:
        with_zipfile(Pipe(file), force_zip64)


def zipfile_appending():
    for path, name, _ in walk():
        with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.write(path, name)


def zipstream(**options):
    from zipstream import ZipStream

    archive = ZipStream(compress_type=zipfile.ZIP_DEFLATED, **options)
    archive.add_path(root, "/")
    with open(target, "wb") as file:
        file.writelines(archive)


def streamzip(method):
    import datetime

    import stream_zip

    def members():
        for path, name, stats in walk():
            content = content_of(path, stats)
            how = method if stat.S_ISREG(stats.st_mode) else stream_zip.ZIP_32
            if how in (stream_zip.NO_COMPRESSION_32, stream_zip.NO_COMPRESSION_64):
                how = how(len(content), __import__("zlib").crc32(content))
            yield name, datetime.datetime(2024, 5, 6, 7, 8, 10), stats.st_mode, how, (content,)

    with open(target, "wb") as file:
        file.writelines(stream_zip.stream_zip(members()))


def stream_zip_with(name):
    import stream_zip

    streamzip(getattr(stream_zip, name))


def with_zipfly():
    import zipfly

    paths = [{"fs": path, "n": name} for path, name, stats in walk() if stat.S_ISREG(stats.st_mode)]
    with open(target, "wb") as file:
        file.writelines(zipfly.ZipFly(paths=paths).generator())


def with_libarchive(options=""):
    import libarchive

    os.chdir(root)
    with libarchive.file_writer(target, "zip", options=options) as archive:
        archive.add_files(".")


HOWS = {
    "zipfile": lambda: with_zipfile(target),
    "zipfile-stored": lambda: with_zipfile(target, method=zipfile.ZIP_STORED),
    "zipfile-zip64": lambda: with_zipfile(target, force_zip64=True),
    "zipfile-pipe": zipfile_into_a_pipe,
    "zipfile-pipe-zip64": lambda: zipfile_into_a_pipe(force_zip64=True),
    "zipfile-append": zipfile_appending,
    "zipfile-bzip2": lambda: with_zipfile(target, method=zipfile.ZIP_BZIP2),
    "zipfile-lzma": lambda: with_zipfile(target, method=zipfile.ZIP_LZMA),
    "zipstream-ng": zipstream,
    "stream-zip-32": lambda: stream_zip_with("ZIP_32"),
    "stream-zip-64": lambda: stream_zip_with("ZIP_64"),
    "stream-zip-stored-32": lambda: stream_zip_with("NO_COMPRESSION_32"),
    "stream-zip-stored-64": lambda: stream_zip_with("NO_COMPRESSION_64"),
    "zipfly": with_zipfly,
    "libarchive": with_libarchive,
    "libarchive-zip64": lambda: with_libarchive("zip64"),
    "libarchive-stored": lambda: with_libarchive("compression=store"),
}
HOWS[how]()
