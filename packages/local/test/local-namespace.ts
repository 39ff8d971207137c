import { mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Namespace, otherProcess } from "@stowage/contract-tests";
import { forkSource } from "@stowage/test-kit/program";
import { localFilesystem } from "../src/index.ts";
import { kill, startWriting } from "./writing-process.ts";

const OTHER_PROCESS = join(import.meta.dirname, "other-process.ts");

/** Makes a fresh directory for one case of the contract. */
export async function localNamespace(): Promise<Namespace> {
  const parent = await mkdtemp(join(tmpdir(), "stowage-local-"));
  const directory = join(parent, "objects");
  await mkdir(directory);
  await writeFile(join(parent, "file"), "");
  return {
    open: () => localFilesystem({ directory }),
    openMissing: () => localFilesystem({ directory: join(parent, "file") }),
    residue: async () => (await readdir(directory)).filter((name) => name.startsWith(".")),
    neighbours: async () => {
      await mkdir(join(directory, "0-folder"));
      await writeFile(join(directory, "0-folder", "a"), "below");
      await writeFile(join(parent, "a"), "beside");
      await symlink("../a", join(directory, "zz-link"));
    },
    outage: async () => {
      await rename(directory, join(parent, "unmounted"));
      return () => rename(join(parent, "unmounted"), directory);
    },
    killWriter: async (key) => kill(await startWriting(directory, key)),
    elsewhere: () => otherProcess(forkSource(OTHER_PROCESS, directory)),
    isThrownAway: true,
    dispose: () => rm(parent, { recursive: true }),
  };
}
