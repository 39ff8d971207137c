import type { Filesystem } from "@stowage/core";
import type { Namespace } from "./namespace.ts";

const CAPABILITIES = ["conditionalCreate", "contentTypes", "signedUrls"] as const;
const FEATURES = [
  "openDenied",
  "openMissing",
  "openUnreachable",
  "openSilent",
  "neighbours",
  "outage",
  "residue",
  "killWriter",
  "elsewhere",
  "secrets",
] as const;

/** The largest part for which 10,000 of them are few enough bytes to be sent in a test. */
const SMALL_PART_SIZE = 64 * 1024;

export type CapabilityNeed = (typeof CAPABILITIES)[number];
export type Need =
  | CapabilityNeed
  | (typeof FEATURES)[number]
  | "directory"
  | "parts"
  | "smallParts"
  | "partsOrDirectory"
  | "conditionalCreateInParts";

/** Says why a need is not met, or nothing if it is. */
export function unmetNeed(
  need: Need,
  { capabilities, directory }: Pick<Filesystem, "capabilities" | "directory">,
  namespace: Namespace,
): string | undefined {
  if (isCapability(need)) return capabilities[need] ? undefined : `${need} is not declared`;
  const { partSize, conditionalCreateSize = Number.POSITIVE_INFINITY } = capabilities.limits;
  if (need === "parts") return partSize ? undefined : "writes have no parts";
  if (need === "directory") return directory ? undefined : "objects are no files of this host";
  if (need === "partsOrDirectory") return partSize || directory ? undefined : "objects may lie in memory";
  if (need === "residue" && directory) return undefined; // the suite looks for itself
  if (need === "smallParts") return unmetSmallParts(partSize);
  if (need !== "conditionalCreateInParts") return namespace[need] ? undefined : `the harness has no ${need}`;
  if (!partSize || !capabilities.conditionalCreate) return "conditionalCreate or parts are not declared";
  return conditionalCreateSize > 2 * partSize ? undefined : "conditionalCreate ends below two parts";
}

export function isCapability(need: Need): need is CapabilityNeed {
  return CAPABILITIES.some((capability) => capability === need);
}

function unmetSmallParts(partSize: number | undefined): string | undefined {
  if (!partSize) return "writes have no parts";
  if (partSize <= SMALL_PART_SIZE) return undefined;
  return `10,001 parts of ${partSize} bytes are too many bytes for a test`;
}
