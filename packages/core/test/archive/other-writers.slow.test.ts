import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SeededRandom } from "@stowage/test-kit/random";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { describe, expect } from "vitest";
import { extracted } from "./archives.ts";
import { run, testWith } from "./tools.ts";
import { contentOf, directoryOf, filesOf } from "./trees.ts";

const random = new SeededRandom(7);
const tree = {
  "data.db": random.text(700_000),
  "storage/photo.jpg": random.bytes(40_000),
  "storage/ü €.txt": "unicode",
  "storage/nothing/": "",
  "a b/c d.txt": "spaces",
  empty: "",
};

/** Each writes the current directory to the path in $1. */
const WRITERS: readonly [tool: string, title: string, script: string][] = [
  ["zip", "zip", 'zip -qr "$1" .'],
  ["zip", "zip, storing", 'zip -qr0 "$1" .'],
  ["zip", "zip, with zip64", 'zip -qr -fz "$1" .'],
  ["zip", "zip, with descriptors", 'zip -qr -fd "$1" .'],
  ["zip", "zip, into a pipe", 'zip -qr - . | cat > "$1"'],
  ["zip", "zip, with names in the local encoding", 'LC_ALL=C zip -qr "$1" .'],
  ["7z", "7z", '7z a -tzip "$1" . >/dev/null'],
  ["7z", "7z, storing", '7z a -tzip -mx0 "$1" . >/dev/null'],
  ["7z", "7z, with several threads", '7z a -tzip -mmt "$1" . >/dev/null'],
  ["python3", "python3", 'python3 -m zipfile -c "$1" *'],
  [
    "python3",
    "shutil of python3",
    "python3 -c \"import shutil, sys; shutil.make_archive(sys.argv[1][:-4], 'zip', '.')\" \"$1\"",
  ],
  ["bsdtar", "bsdtar", 'bsdtar -cf "$1" --format zip *'],
];

describe("an archive restores that was written by", () => {
  for (const [tool, title, script] of WRITERS) {
    testWith(tool, title, async () => {
      const root = await directoryOf(tree);
      const path = join(await temporaryDirectory(), "archive.zip");
      await run("sh", ["-c", script, "sh", path], root);

      expect(await filesOf(await extracted(await readFile(path)))).toEqual(await filesOf(root));
    });
  }

  testWith("zip", "zip, with modes and times", async () => {
    const root = await directoryOf(tree);
    const path = join(await temporaryDirectory(), "archive.zip");
    await run("zip", ["-qr", path, "."], root);

    expect(await contentOf(await extracted(await readFile(path)))).toEqual(await contentOf(root));
  });

  testWith("go", "the zip package of Go", async () => {
    const root = await directoryOf(tree);
    const work = await temporaryDirectory();
    await writeFile(join(work, "main.go"), GO_WRITER);
    const path = join(work, "archive.zip");
    await run("go", ["run", join(work, "main.go"), root, path], work);

    expect(await filesOf(await extracted(await readFile(path)))).toEqual(await filesOf(root));
  });
});

/** Walks and writes as PocketBase's archive.Create does: headers from FileInfo, deflate, no directories. */
const GO_WRITER = `package main

import ("archive/zip"; "io"; "io/fs"; "os"; "path/filepath")

func main() {
	output, _ := os.Create(os.Args[2])
	writer := zip.NewWriter(output)
	err := filepath.WalkDir(os.Args[1], func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() { return err }
		info, _ := entry.Info()
		header, _ := zip.FileInfoHeader(info)
		header.Name, _ = filepath.Rel(os.Args[1], path)
		header.Method = zip.Deflate
		target, err := writer.CreateHeader(header)
		if err != nil { return err }
		source, err := os.Open(path)
		if err != nil { return err }
		defer source.Close()
		_, err = io.Copy(target, source)
		return err
	})
	if err != nil || writer.Close() != nil { os.Exit(1) }
}
`;
