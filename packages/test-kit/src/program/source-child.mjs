// A process of its own for a test: `node source-child.mjs <program.ts> <argument>…` calls the program's `main(…arguments)`.
// It reads TypeScript, the packages of this repository by their sources, so that nothing has to be built.
import { resolve } from "node:path";
import { createViteServer } from "vitest/node";

const [program, ...rest] = process.argv.slice(2);
const conditions = ["source", "node"];
const server = await createViteServer({
  configFile: false,
  logLevel: "error",
  root: import.meta.dirname,
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
  oxc: { target: "node20" },
  ssr: { resolve: { conditions, externalConditions: conditions }, noExternal: [/^@stowage\//] },
});
const { main } = await server.ssrLoadModule(resolve(program));
await main(...rest);
await server.close();
