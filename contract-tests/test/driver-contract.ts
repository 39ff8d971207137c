import { portableCases } from "../src/cases.ts";
import { cases, casesTable } from "../src/index.ts";
import { PROBE_ID, PROBE_TITLE } from "../src/run/probe.ts";

/** The page `docs/driver-contract.md`. */
export function driverContract(): string {
  const count = (tier: string) => cases.filter((contractCase) => contractCase.tier === tier).length;
  const prefixedCount = cases.filter(({ isPrefixed }) => isPrefixed).length;
  return `# The driver contract

What a driver promises, case by case: ${cases.length} cases, ${count("fast")} of them fast, ${count("slow")} slow and
${count("remote")} remote. Each runs on the filesystem as it is; ${prefixedCount}, in which it matters what stands in front of a key, again
behind \`prefixed()\` with a prefix of 40 bytes. How to run them is in [contract-tests](../contract-tests/README.md);
the promises in prose are the comments of [\`driver.ts\`](../packages/core/src/filesystem/driver.ts).

This page is generated from the cases. A test fails if it is out of date; it says how to write it anew.

**Tier**: \`fast\` runs everywhere, \`slow\` moves hundreds of megabytes or kills processes, \`remote\` fetches a
signed URL for each kind of key. **Needs**: a capability that the driver declares, or a member of the harness. Without it the case is skipped,
visibly; if it is a capability, the suite checks instead that asking for it is refused (\`UNSUPPORTED\`) before any I/O.

${casesTable()}
### whole run

| case | promise | tier | needs |
|---|---|---|---|
| \`${PROBE_ID}\` | ${PROBE_TITLE} | all |  |
| \`errors/no-unhandled-rejection\` | no promise is rejected that nobody handles, in the whole run | fast |  |

## What \`Filesystem\` promises by itself

No driver can break these ${portableCases.length}. They are checked with this library, and are no part of an author's run.

${casesTable(portableCases).trimEnd()}
`;
}
