import { constants } from "node:fs";
import { type FileHandle, open, readdir, readlink, realpath } from "node:fs/promises";
import { descriptorPath, realPathOf } from "./descriptor-path.ts";
import type { DiskDirectory } from "./disk.ts";
import { lstatInSlices } from "./lstat-in-slices.ts";
import { openUnlinked } from "./open-unlinked.ts";
import { PLATFORM, type Platform } from "./platform.ts";
import { statCallsOn } from "./stat-calls.ts";
import { syncIfKept } from "./sync-kept.ts";

/** Opens a directory. Unless `followsLink`, its last name must not be that of a link. */
export async function openDirectory(
  path: string,
  { followsLink = false }: { readonly followsLink?: boolean } = {},
  platform: Platform = PLATFORM,
): Promise<DiskDirectory> {
  const handle = await openHandle(path, followsLink, platform);
  const place = await realPathOf(handle.fd, platform).catch(() => undefined);
  // Where a system has no path for what is open, the best that can be said is where its path leads now.
  return {
    ...listing(place === undefined ? path : descriptorPath(handle.fd), platform),
    realPath: async () => place ?? realpath(path),
    sync: async () => (platform.syncsDirectories ? syncIfKept(path, () => handle.sync()) : undefined),
    close: () => handle.close(),
  };
}

async function openHandle(path: string, followsLink: boolean, platform: Platform): Promise<FileHandle> {
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
  if (platform.opensUnlinked) return open(path, O_RDONLY | O_DIRECTORY | (followsLink ? 0 : O_NOFOLLOW));
  const handle = await (followsLink ? open(path, O_RDONLY) : openUnlinked(path, platform));
  if ((await handle.stat()).isDirectory()) return handle;
  await handle.close();
  throw Object.assign(new Error(`ENOTDIR: not a directory, open '${path}'`), { code: "ENOTDIR" });
}

function listing(path: string, platform: Platform): Pick<DiskDirectory, "readNames" | "readLink" | "lstatChildren"> {
  const calls = statCallsOn(platform);
  return {
    readNames: () => readdir(path, { encoding: "buffer" }),
    readLink: (name) => readlink(`${path}/${name}`, { encoding: "buffer" }),
    lstatChildren: (names) =>
      lstatInSlices(
        names.map((name) => `${path}/${name}`),
        calls,
      ),
  };
}
