import yauzl from "yauzl";
import { run } from "./tools.ts";

/** Programs that read a whole archive and fail if it is damaged. */
export const ORACLES: Record<string, (path: string) => Promise<unknown>> = {
  unzip: (path) => run("unzip", ["-tqq", path]),
  python3: (path) => run("python3", ["-c", PYTHON_TEST, path]),
  "7z": (path) => run("7z", ["t", path]),
  bsdtar: (path) => run("sh", ["-c", 'bsdtar -tf "$1" > /dev/null && bsdtar -xOf "$1" > /dev/null', "sh", path]),
  "bsdtar from a pipe": (path) => run("sh", ["-c", 'cat "$1" | bsdtar -xOf - > /dev/null', "sh", path]),
};

/** Python's own `-m zipfile -t` prints the damage and exits with 0. */
const PYTHON_TEST =
  "import sys, zipfile; bad = zipfile.ZipFile(sys.argv[1]).testzip(); sys.exit(f'damaged: {bad}' if bad else 0)";

/** Returns the names in an archive, as yauzl reads them, having read every content. */
export async function readWithYauzl(path: string): Promise<string[]> {
  const archive = await new Promise<yauzl.ZipFile>((resolve, reject) => {
    yauzl.open(path, { lazyEntries: true, autoClose: true, strictFileNames: true }, (error, opened) =>
      error ? reject(error) : resolve(opened),
    );
  });
  const names: string[] = [];
  await new Promise<void>((resolve, reject) => {
    archive.on("error", reject);
    archive.on("end", resolve);
    archive.on("entry", (entry: yauzl.Entry) => {
      names.push(entry.fileName);
      archive.openReadStream(entry, (error, stream) => {
        if (error) return reject(error);
        stream
          .on("error", reject)
          .on("end", () => archive.readEntry())
          .resume();
      });
    });
    archive.readEntry();
  });
  return names;
}
