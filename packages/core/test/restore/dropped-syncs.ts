import type { ModelledDiskOptions } from "./modelled-disk.ts";
import { DATA, runScenario, type Scenario } from "./power-cut-scenarios.ts";
import { PowerCutSweep, type SweepOptions } from "./power-cut-sweep.ts";

/** A sync in the source, by the directory that it is for and the functions that lead to it. */
export interface SyncSite {
  readonly site: string;
  /** The first bad state once it only pretends to work; undefined if there is none. */
  readonly caught?: string;
}

/** Leaves each sync of restore and recovery out in turn, and cuts the power. */
export async function dropEachSync(
  scenarios: Readonly<Record<string, Scenario>>,
  options: SweepOptions,
): Promise<SyncSite[]> {
  const caught = new Map<string, string | undefined>();
  // The most is to be seen where the most goes wrong: a sync that is caught there need not be tried elsewhere.
  const inOrder = Object.entries(scenarios).sort(([, left], [, right]) => troublesOf(right) - troublesOf(left));
  for (const [name, scenario] of inOrder) {
    const sound = await soundOptions(scenario, options);
    for (const site of await sitesOf(scenario, options)) {
      if (caught.get(site) !== undefined) continue;
      const intercept = (call: string) => (siteOf(call) === site ? "skip" : undefined);
      const restored = await runScenario(scenario, { intercept });
      const sweep = new PowerCutSweep(scenario, { ...sound, intercept, untilBad: true });
      const { firstBad } = await sweep.run(restored);
      caught.set(site, firstBad && `${name}: ${firstBad}`);
    }
  }
  return [...caught].map(([site, first]) => (first === undefined ? { site } : { site, caught: first }));
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

function troublesOf({ disturbances = [], fault, recoveryFault }: Scenario): number {
  return disturbances.length + Number(fault !== undefined) + Number(recoveryFault !== undefined);
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
  if (!/^(syncDirectory|file\.sync)/.test(call)) return undefined;
  if (/writeAndSync|disturb/.test(new Error().stack ?? "")) return undefined; // the application's own
  const frames = (new Error().stack ?? "").split("\n").filter((line) => /core\/src\/(restore|archive)\//.test(line));
  const names = frames.map((line) => /at (?:async )?(?:Object\.|Promise\.)?([\w.<>]+) .*?:(\d+):\d+\)?$/.exec(line));
  const [own, ...callers] = names.map((match) => (match ? `${match[1]}:${match[2]}` : "?"));
  if (own === undefined) return undefined;
  return `${placeOf(call)}, in ${[own, ...callers.slice(0, 1)].join(" of ")}`;
}

function placeOf(call: string): string {
  const path = call.slice(call.indexOf(" ") + 1).replace(DATA, "");
  if (call.startsWith("file.sync")) return path.endsWith(".tmp") ? "the journal" : "a staged file";
  if (/^\/\.stowage\/lost/.test(path)) return ".stowage/lost";
  if (/^\/\.stowage\/[0-9a-f-]{36}/.test(path)) return path.split("/")[3] ?? ".stowage/<id>";
  return path.startsWith("/.stowage") ? ".stowage" : "the data";
}
