import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { crc32 } from "node:zlib";
import { openPromise, type ZipFile } from "yauzl";
import { differenceOf, type FileRecord, type Manifest } from "../datasets/manifest.ts";
import { runProgram } from "../run-program.ts";
import { peerFile, type Tools } from "../tools.ts";

/**
 * Checks archives of a dataset with programs that are not ours: yauzl compares the directory with the dataset (names, sizes, CRCs), and
 * `unzip -t`, Python or yauzl again reads every entry and compares it with its CRC. Bytes that were found right once are right.
 */
export class ArchiveCheck {
  readonly #manifest: Manifest;
  readonly #tools: Tools;
  readonly #right = new Set<string>();

  constructor(manifest: Manifest, tools: Tools) {
    this.#manifest = manifest;
    this.#tools = tools;
  }

  /** Says what is wrong, or nothing. */
  async differenceOf(archive: string, signal: AbortSignal): Promise<string | undefined> {
    const digest = await digestOf(archive, signal);
    if (this.#right.has(digest)) return undefined;
    const difference = (await entriesDifference(archive, this.#manifest)) ?? (await this.#damageOf(archive, signal));
    signal.throwIfAborted();
    if (difference === undefined) this.#right.add(digest);
    return difference;
  }

  async #damageOf(archive: string, signal: AbortSignal): Promise<string | undefined> {
    const [unzip, python] = [this.#tools.found.get("unzip"), this.#tools.found.get("python3")];
    try {
      if (unzip) await runProgram({ program: unzip.program, args: ["-tqq", archive] }, signal);
      else if (python)
        await runProgram({ program: python.program, args: [peerFile("zipfile-test.py"), archive] }, signal);
      else await readWithYauzl(archive, signal);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}

async function digestOf(archive: string, signal: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(archive, { highWaterMark: 1_024 * 1_024 }), hash, { signal });
  return hash.digest("hex");
}

async function entriesDifference(archive: string, manifest: Manifest): Promise<string | undefined> {
  try {
    const found = await withArchive(archive, readDirectory);
    return differenceOf(manifest, found, (expected, actual) => {
      return expected.size === actual.size && expected.crc32 === actual.crc32;
    });
  } catch (error) {
    return `yauzl says: ${error instanceof Error ? error.message : error}`;
  }
}

async function readDirectory(zip: ZipFile): Promise<FileRecord[]> {
  const files: FileRecord[] = [];
  for await (const { fileName, uncompressedSize: size, crc32 } of zip.eachEntry()) {
    if (!fileName.endsWith("/")) files.push({ name: fileName.replace(/^\.\//, ""), size, crc32, mode: 0 });
  }
  return files;
}

/** Reads every content, because yauzl itself compares no CRC. */
async function readWithYauzl(archive: string, signal: AbortSignal): Promise<void> {
  await withArchive(archive, async (zip) => {
    for await (const entry of zip.eachEntry()) {
      signal.throwIfAborted();
      const sum = entry.fileName.endsWith("/") ? entry.crc32 : await crc32Of(zip, entry);
      if (sum !== entry.crc32) throw new Error(`${entry.fileName} has another CRC`);
    }
  });
}

async function withArchive<T>(archive: string, action: (zip: ZipFile) => Promise<T>): Promise<T> {
  const zip = await openPromise(archive, { lazyEntries: true, autoClose: false });
  try {
    return await action(zip);
  } finally {
    zip.close();
  }
}

async function crc32Of(zip: ZipFile, entry: Parameters<ZipFile["openReadStreamPromise"]>[0]): Promise<number> {
  let sum = 0;
  for await (const chunk of await zip.openReadStreamPromise(entry)) sum = crc32(chunk as Buffer, sum);
  return sum;
}
