import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { PLATFORM, type Platform } from "../../disk/platform.ts";
import { restoreLayout } from "./layout.ts";

/** For ".2" and so on behind a name that is set aside where there is one already. */
const NUMBER_SIZE = 8;

/** The bytes that a name may have so that this host can write it to wherever a restore of the data directory puts entries. */
export function restorableNameSize(dataDir: string, { pathSizeMax }: Pick<Platform, "pathSizeMax"> = PLATFORM): number {
  const { staged, previous, conflict, lost } = restoreLayout(dataDir, randomUUID());
  const sizes = [staged, previous, conflict, lost].map((place) => Buffer.byteLength(join(place, "/")));
  return pathSizeMax - 1 - NUMBER_SIZE - Math.max(...sizes);
}
