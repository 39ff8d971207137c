import type { ModelledDiskOptions } from "./modelled-disk.ts";
import { DATA, runScenario } from "./power-cut-scenarios.ts";
import { PowerCutSweep, type SweepOptions } from "./power-cut-sweep.ts";
import type { Scenario } from "./scenarios.ts";

/** A sync in the source, by the directory that it is for and the functions that lead to it. */
export interface SyncSite {
  readonly site: string;
  /** The first bad state once it only pretends to work; undefined if there is none. */
  readonly caught?: string;
}

/** On mounts there is more to recover, and little that is not the same elsewhere. Of fewer states none showed a name that was lost. */
const ON_MOUNTS = { states: 12, statesOfRecovery: 1, stride: 45, killStride: 45 };

/** Leaves each sync of restore and recovery out in turn, and cuts the power. Does not try those that are known to be hygiene. */
export async function dropEachSync(
  scenarios: Readonly<Record<string, Scenario>>,
  { hygiene, ...options }: SweepOptions & { readonly hygiene: RegExp },
): Promise<SyncSite[]> {
  const caught = new Map<string, string | undefined>();
  for (const [name, scenario] of inOrder(scenarios)) {
    // What an undo does after a kill is to be seen in a few states only.
    const onMounts = scenario.fault ? { ...ON_MOUNTS, killStride: 2 } : ON_MOUNTS;
    const fitting = scenario.mounts ? { ...options, ...onMounts } : options;
    const sound = await soundOptions(scenario, fitting);
    for (const site of await sitesOf(scenario, fitting)) {
      if (caught.get(site) !== undefined || hygiene.test(site)) continue;
      const intercept = (call: string) => (siteOf(call) === site ? "skip" : undefined);
      const restored = await runScenario(scenario, { intercept });
      const sweep = new PowerCutSweep(scenario, { ...sound, intercept, untilBad: true });
      const { firstBad } = await sweep.run(restored);
      caught.set(site, firstBad && `${name}: ${firstBad}`);
    }
  }
  return [...caught].map(([site, first]) => (first === undefined ? { site } : { site, caught: first }));
}

/** A sync that is caught in one scenario need not be tried in the next: those in which most is caught soon come first. */
function inOrder(scenarios: Readonly<Record<string, Scenario>>): [string, Scenario][] {
  const all = Object.entries(scenarios);
  const plain = all.filter(([, { mounts }]) => !mounts);
  const mounted = all.filter(([, { mounts }]) => mounts);
  const byTroubles = ([, left]: [string, Scenario], [, right]: [string, Scenario]) =>
    troublesOf(left) - troublesOf(right);
  return [...plain.sort(byTroubles).reverse(), ...mounted.sort(byTroubles)];
}

/** With nothing left out, no state may be bad: where some are after a second power cut, that is not looked at. */
async function soundOptions(scenario: Scenario, options: SweepOptions): Promise<SweepOptions> {
  const restored = await runScenario(scenario);
  for (const sound of [options, { ...options, statesOfRecovery: 0 }]) {
    const { bad } = await new PowerCutSweep(scenario, { ...sound, untilBad: true }).run(restored);
    if (bad === 0) return sound;
  }
  throw new Error("this scenario is bad with every sync in place");
}

/** How much is done that is not done in every restore. */
function troublesOf({ disturbances = [], fault, recoveryFault, keepPrevious = false }: Scenario): number {
  return (
    disturbances.length + [fault, recoveryFault].filter((one) => one !== undefined).length + 3 * Number(keepPrevious)
  );
}

/** Every sync that is reached. */
async function sitesOf(scenario: Scenario, options: SweepOptions): Promise<Set<string>> {
  const sites = new Set<string>();
  const intercept: ModelledDiskOptions["intercept"] = (call) => {
    const site = siteOf(call);
    if (site !== undefined) sites.add(site);
    return undefined;
  };
  const restored = await runScenario(scenario, { intercept });
  await new PowerCutSweep(scenario, { ...options, states: 2, statesOfRecovery: 1, intercept }).run(restored);
  return sites;
}

function siteOf(call: string): string | undefined {
  if (!/^(syncDirectory|syncFileSystem|file\.sync)/.test(call)) return undefined;
  if (/writeAndSync|disturb/.test(new Error().stack ?? "")) return undefined; // the application's own
  const frames = (new Error().stack ?? "").split("\n").filter((line) => /core\/src\/(restore|archive)\//.test(line));
  const names = frames.map((line) => /at (?:async )?(?:Object\.|Promise\.)?([\w.<>]+) .*?:(\d+):\d+\)?$/.exec(line));
  const [own, ...callers] = names.map((match) => (match ? `${match[1]}:${match[2]}` : "?"));
  if (own === undefined) return undefined;
  return `${placeOf(call)}, in ${[own, ...callers.slice(0, 1)].join(" of ")}`;
}

function placeOf(call: string): string {
  if (call.startsWith("syncFileSystem")) return "the file system";
  const path = call.slice(call.indexOf(" ") + 1).replace(DATA, "");
  if (call.startsWith("file.sync")) return path.endsWith(".tmp") ? "the journal" : "a staged file";
  const [, mount = "", own = ""] = /^(.*?)\/\.stowage(.*)$/.exec(path) ?? [];
  const where = mount === "" ? "" : " of a mount";
  if (!path.includes("/.stowage")) return "the data";
  if (own.startsWith("/lost")) return `.stowage/lost${where}`;
  if (/^\/[0-9a-f-]{36}/.test(own)) return `${own.split("/")[2] ?? ".stowage/<id>"}${where}`;
  return `.stowage${where}`;
}
