import { cutPower, type PowerCutOptions } from "./local-power-cuts.ts";
import type { Script } from "./local-scripts.ts";

/** Leaves each sync of the driver out in turn, and cuts the power. Returns by site the first bad state; undefined if there is none. */
export async function dropEachSync(
  scripts: Readonly<Record<string, Script>>,
  options: PowerCutOptions,
): Promise<Map<string, string | undefined>> {
  const caught = new Map<string, string | undefined>();
  for (const [name, script] of Object.entries(scripts)) {
    for (const site of await sitesOf(script, options)) {
      if (caught.get(site) !== undefined) continue;
      const intercept = (call: string) => (siteOf(call) === site ? "skip" : undefined);
      const { firstBad } = await cutPower(script, { ...options, intercept, untilBad: true });
      caught.set(site, firstBad && `${name}: ${firstBad}`);
    }
  }
  return caught;
}

async function sitesOf(script: Script, options: PowerCutOptions): Promise<Set<string>> {
  const sites = new Set<string>();
  const intercept = (call: string) => {
    const site = siteOf(call);
    if (site !== undefined) sites.add(site);
    return undefined;
  };
  await cutPower(script, { ...options, states: 2, intercept });
  return sites;
}

/** The functions of the driver that lead to a sync, the innermost first. */
function siteOf(call: string): string | undefined {
  if (!/^(syncDirectory|file\.sync)/.test(call)) return undefined;
  const frames = (new Error().stack ?? "").split("\n").filter((line) => line.includes("/local/src/"));
  const names = frames.map((line) => /at (?:async )?([\w.#<>]+) /.exec(line)?.[1] ?? "a callback");
  const path = names.filter((name, index) => name !== names[index - 1] && name !== "LocalDriver.open"); // recursion is one site
  return `${call.split(" ")[0]} in ${path.join(" of ")}`;
}
