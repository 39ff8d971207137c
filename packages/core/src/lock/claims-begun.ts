import { realpath } from "node:fs/promises";
import { resolve } from "node:path";

/** Shared by every copy of this library in the process, like the claims that it holds. */
const REGISTRY = Symbol.for("stowage.claims-begun-by-this-thread");

/** How many claims on a data directory this thread ever held: two looks with the same number have none between them. */
export async function claimsBegun(dataDir: string): Promise<number> {
  return registry().get(await placeOf(dataDir)) ?? 0;
}

export async function noteClaim(dataDir: string): Promise<void> {
  const place = await placeOf(dataDir);
  registry().set(place, (registry().get(place) ?? 0) + 1);
}

function registry(): Map<string, number> {
  const global = globalThis as { [REGISTRY]?: Map<string, number> };
  global[REGISTRY] ??= new Map();
  return global[REGISTRY];
}

/** One directory may be given by several paths. */
async function placeOf(dataDir: string): Promise<string> {
  return realpath(dataDir).catch(() => resolve(dataDir));
}
