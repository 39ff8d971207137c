// A process of its own for a test: `node source-child.mjs <program.ts> <argument>…` calls the program's `main(…arguments)`.
// It reads TypeScript, the packages of this repository by their sources, so that nothing has to be built.
import { register } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

register("./read-sources.mjs", import.meta.url);

const [program, ...rest] = process.argv.slice(2);
const { main } = await import(pathToFileURL(resolve(program)).href);
await main(...rest);
