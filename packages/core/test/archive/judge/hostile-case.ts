import type { SeededRandom } from "@stowage/test-kit/random";
import type { ArchiveReason } from "../../../src/archive/format/invalid-archive.ts";
import type { ArchiveRules } from "../../../src/archive/judge/judge-archive.ts";
import { buildZip, type EndPlan, type EntryPlan } from "../build-zip.ts";

/** An archive that must be refused for one reason, beside one that differs in that point alone and must be accepted. */
export interface HostileCase {
  readonly title: string;
  readonly reason: ArchiveReason;
  readonly rules?: Partial<ArchiveRules>;
  hostile(random: SeededRandom): Buffer;
  benign(random: SeededRandom): Buffer;
}

/** A case about entries, which stand among some harmless ones. */
export function entriesCase(
  reason: ArchiveReason,
  title: string,
  plans: { hostile: readonly EntryPlan[]; benign: readonly EntryPlan[]; rules?: Partial<ArchiveRules> },
): HostileCase {
  const among = (entries: readonly EntryPlan[]) => (random: SeededRandom) =>
    buildZip([...neighbours("before", random), ...entries, ...neighbours("behind", random)]);
  return { title, reason, ...rulesOf(plans), hostile: among(plans.hostile), benign: among(plans.benign) };
}

/** A case about the end of the archive, behind some harmless entries. */
export function endCase(
  reason: ArchiveReason,
  title: string,
  plans: { hostile: EndPlan; benign: EndPlan },
): HostileCase {
  const before = (end: EndPlan) => (random: SeededRandom) => buildZip(neighbours("before", random), end);
  return { title, reason, hostile: before(plans.hostile), benign: before(plans.benign) };
}

/** One to four files of random content. */
export function neighbours(directory: string, random: SeededRandom): EntryPlan[] {
  return Array.from({ length: 1 + random.below(4) }, (_, index) => ({
    name: `${directory}/${index}.txt`,
    content: random.bytes(random.below(200)),
    method: random.below(2) * 8,
  }));
}

function rulesOf({ rules }: { rules?: Partial<ArchiveRules> }): { rules?: Partial<ArchiveRules> } {
  return rules ? { rules } : {};
}
