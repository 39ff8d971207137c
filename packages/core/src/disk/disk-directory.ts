import { constants } from "node:fs";
import { open, readdir, realpath } from "node:fs/promises";
import { descriptorPath, realPathOf } from "./descriptor-path.ts";
import type { DiskDirectory } from "./disk.ts";
import { lstatInSlices } from "./lstat-in-slices.ts";

/** Opens a directory. Unless `followsLink`, its last name must not be that of a link. */
export async function openDirectory(
  path: string,
  { followsLink = false }: { readonly followsLink?: boolean } = {},
): Promise<DiskDirectory> {
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
  const handle = await open(path, O_RDONLY | O_DIRECTORY | (followsLink ? 0 : O_NOFOLLOW));
  const place = await realPathOf(handle.fd).catch(() => undefined);
  // Where a system has no path for what is open, the best that can be said is where its path leads now.
  return {
    ...listing(place === undefined ? path : descriptorPath(handle.fd)),
    realPath: async () => place ?? realpath(path),
    sync: () => handle.sync(),
    close: () => handle.close(),
  };
}

function listing(path: string): Pick<DiskDirectory, "readNames" | "lstatChildren"> {
  return {
    readNames: () => readdir(path, { encoding: "buffer" }),
    lstatChildren: (names) => lstatInSlices(names.map((name) => `${path}/${name}`)),
  };
}
