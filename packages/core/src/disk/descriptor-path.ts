import { readlinkSync } from "node:fs";
import { readlink } from "node:fs/promises";
import { PLATFORM, type Platform } from "./platform.ts";

/** The path that stands for what this process has open, whatever becomes of its name, where `reachesDescriptors` says that there is one. */
export function descriptorPath(descriptor: number): string {
  return `/proc/self/fd/${descriptor}`;
}

/** Where a file or directory lies that is open, without any link. Rejects where the system does not tell. */
export async function realPathOf(descriptor: number, platform: Reach = PLATFORM): Promise<string> {
  return readlink(toldPath(descriptor, platform));
}

/** The same at once. */
export function realPathNow(descriptor: number, platform: Reach): string {
  return readlinkSync(toldPath(descriptor, platform));
}

type Reach = Pick<Platform, "reachesDescriptors">;

function toldPath(descriptor: number, { reachesDescriptors }: Reach): string {
  if (!reachesDescriptors) throw new Error("the system does not tell where an open file lies");
  return descriptorPath(descriptor);
}
