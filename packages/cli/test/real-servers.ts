import { cases, type Deviation } from "@stowage/contract-tests";
import { KNOWN_SERVERS, type KnownServer } from "./known-servers.ts";
import { manyWriters } from "./many-writers.ts";

/** The page `docs/real-servers.md`. */
export function realServers(): string {
  const servers = Object.values(KNOWN_SERVERS);
  const all = servers.flatMap(({ deviations = {} }) => Object.keys(deviations));
  return `# What real servers do differently

The [conformance suite](../contract-tests) runs against these ${servers.length} servers, in all its tiers, from this repository's CI
(\`.ci/run servers\`), which installs the newest version that it can have and fails if a server deviates in any other case, or no longer
in one that stands here. ${new Set(all).size} promises are broken by one server or another. An option takes a promise back: then the suite checks that
the driver refuses what it was to do.

Over buckets with [object lock](../packages/s3/README.md#object-lock) of RGW, MinIO and Versity a manager runs, too: with a retention for each
backup, and but for Versity under a rule of the bucket. Young backups are neither deleted nor replaced, restores work, and so do creates that
outlive the ttl of their lock.

| server | version | options | deviations |
|---|---|---|---|
${servers.map(overviewRow).join("\n")}

This page is generated from what CI holds the servers to. A test fails if it is out of date; it says how to write it anew. What the services
themselves are known for is in the READMEs of [\`@stowage/s3\`](../packages/s3#services) and [\`@stowage/gcs\`](../packages/gcs).

${servers.map(section).join("\n")}`;
}

function overviewRow({ title, version, parameters = {}, deviations = {} }: KnownServer): string {
  const options = Object.keys(parameters).map((name) => `\`${name}\``);
  return `| [${title}](#${anchorOf(title)}) | ${version} | ${options.join(" ")} | ${Object.keys(deviations).length} |`;
}

function anchorOf(title: string): string {
  return title.toLowerCase().replaceAll(" ", "-");
}

function section({ title, parameters = {}, deviations = {} }: KnownServer): string {
  const options = Object.entries(parameters).map(([name, reason]) => `| \`${name}\` | ${cell(reason)} |`);
  const rows = Object.entries(deviations).map(deviationRow);
  const parts = [
    ...(options.length > 0 ? [["| option | because |", "|---|---|", ...options].join("\n")] : []),
    ...(rows.length > 0 ? [["| case | broken promise | what happens |", "|---|---|---|", ...rows].join("\n")] : []),
  ];
  return `## ${title}\n\n${parts.length > 0 ? parts.join("\n\n") : "It keeps all promises."}\n`;
}

function deviationRow([id, deviation]: [string, Deviation]): string {
  const { reason, flaky = false } = typeof deviation === "string" ? { reason: deviation } : deviation;
  const { title } = [...cases, manyWriters].find((contractCase) => contractCase.id === id) ?? { title: "" };
  return `| \`${id}\` | ${cell(title)} | ${cell(reason)}${flaky ? "; at times" : ""} |`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
