import type { DiskImage } from "./disk-model.ts";
import { treeAt } from "./image-tree.ts";
import { DATA, WRITTEN_AFTER } from "./power-cut-scenarios.ts";
import type { Scenario } from "./scenarios.ts";

/** What the application writes after a recovery. */
export const WRITTEN_AGAIN = "written-again";

const OF_RESTORES = /(^|\/)\.stowage\//;
const LOST = /(^|\/)\.stowage\/lost\//;

export type Which = "old" | "new";

/** What may lie in the data directory, given what the application was told, with the files that it wrote since. */
export type Expected = ReadonlyMap<Which, readonly string[]>;

export const EITHER: Expected = new Map<Which, readonly string[]>([
  ["old", []],
  ["new", []],
]);

/** What may lie there after something was told or done. */
export function after(mark: string, expected: Expected): Expected {
  const only = (which: Which, written: readonly string[]): Expected => new Map([[which, written]]);
  const isRollingBack = expected.get("new")?.includes(WRITTEN_AFTER) === true && expected.has("old");
  const target = isRollingBack || (expected.has("old") && !expected.has("new")) ? "old" : "new";
  if (mark === "reported") return only(target, []);
  if (mark === "written") return only(target, [WRITTEN_AFTER]);
  if (mark === "rolling back") return new Map([["new", [WRITTEN_AFTER]] as const, ["old", []] as const]);
  if (mark === "reported old") return only("old", expected.get("old") ?? []);
  return expected;
}

/** Says which content lies in the data directory; throws if it is neither, or not what is expected. */
export function judge(image: DiskImage, scenario: Scenario, expected: Expected, intruders: readonly string[]): Which {
  const tree = treeAt(image, DATA);
  const which = whichOf(tree ?? {}, scenario);
  const written = expected.get(which);
  if (!written) throw new Error(`${which}, but the application was told otherwise`);
  for (const name of written) if (!tree?.[name]) throw new Error(`${which} without ${name}`);
  checkKept(tree ?? {}, scenario, which, expected);
  const contents = new Set(Object.values(tree ?? {}));
  for (const intruder of intruders)
    if (!contents.has(intruder)) throw new Error(`the intruder's "${intruder}" is lost`);
  return which;
}

/** What no archive holds is there once the old data is replaced: in `lost`, or with what is kept. */
export function assertFound(tree: Readonly<Record<string, string>>, { old = {}, lost = [] }: Scenario): void {
  for (const name of lost) {
    const places = Object.keys(tree).filter((place) => /\.stowage\/(?:lost\/[^/]+|[^/]+\/old)\//.test(place));
    const isThere = places.some((place) => place.endsWith(`/${name}`) && tree[place] === old[name]);
    if (!isThere) throw new Error(`${name}, which no archive holds, is gone`);
  }
}

/** At no instant does anything new lie beside anything old, even before recovery. */
export function assertUnmixed(image: DiskImage): void {
  const data = contentOf(treeAt(image, DATA) ?? {});
  const ages = Object.values(data).map((content) => content.split(" ", 1)[0]);
  if (ages.includes("old") && ages.includes("new")) throw new Error("new content lies beside old on the disk");
}

function whichOf(tree: Record<string, string>, scenario: Scenario): Which {
  const deleted = (scenario.disturbances ?? []).map(({ deletes }) => deletes ?? "");
  const ignored = new Set([WRITTEN_AFTER, WRITTEN_AGAIN, ...deleted]);
  const intruders = (scenario.disturbances ?? []).map(({ writes }) => writes);
  const isIntruder = (name: string, content: string) =>
    intruders.some((file) => file?.name === name && [file.content, "", "torn"].includes(content));
  const shown = (all: Readonly<Record<string, string>>) => {
    const entries = Object.entries(contentOf(all, scenario));
    return JSON.stringify(entries.filter(([name, content]) => !ignored.has(name) && !isIntruder(name, content)).sort());
  };
  if (shown(tree) === shown(scenario.old ?? {})) return "old";
  if (shown(tree) !== shown(scenario.restored)) throw new Error(`mixed: ${shown(tree)}`);
  assertFound(tree, scenario);
  return "new";
}

/** Kept content is complete; nothing else is left of a restore. */
function checkKept(tree: Record<string, string>, scenario: Scenario, which: Which, expected: Expected): void {
  const empty = (scenario.mounts ?? []).map((mount) => `${mount}/.stowage/`); // the next restore there removes it
  const rest = Object.keys(tree).filter((name) => OF_RESTORES.test(name) && !LOST.test(name) && !empty.includes(name));
  const isKept = rest.includes(".stowage/kept.json");
  if (isKept && which === "old") throw new Error("old data, and a journal that keeps it");
  const mustBeKept = scenario.keepPrevious && scenario.afterwards !== "confirm" && which === "new";
  if (mustBeKept && !isKept) throw new Error(`the previous data was not kept (${[...expected.keys()]})`);
  if (!isKept && rest.length > 0) throw new Error(`left behind: ${rest}`);
  if (!isKept) return;
  const previous = rest.flatMap((name) => [[name, /\.stowage\/[^/]+\/old\/(.*)$/.exec(name)?.[1] ?? ""] as const]);
  const kept = Object.fromEntries(
    previous.filter(([, own]) => own !== "").map(([name, own]) => [own, tree[name] ?? ""]),
  );
  if (whichOf({ ...scenario.leftOut, ...kept }, scenario) !== "old")
    throw new Error("what is kept is not the previous data");
}

/** What lies there, without what is of restores, and without the mounts themselves, which are always there. */
export function contentOf(
  tree: Readonly<Record<string, string>>,
  { mounts = [] }: Pick<Scenario, "mounts"> = {},
): Record<string, string> {
  const points = mounts.map((mount) => `${mount}/`);
  return Object.fromEntries(Object.entries(tree).filter(([name]) => !OF_RESTORES.test(name) && !points.includes(name)));
}
