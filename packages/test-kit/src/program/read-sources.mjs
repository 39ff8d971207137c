// Lets Node import TypeScript: hooks for `register`. They are Vite's compiler without its server, which takes seconds to start.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

const fromVitest = createRequire(createRequire(import.meta.url).resolve("vitest/package.json"));
const fromVite = createRequire(fromVitest.resolve("vite/package.json"));
const { transform } = await import(pathToFileURL(fromVite.resolve("rolldown/utils")).href);

/** What compiled code imports to do what Node 20 cannot, such as `using`: the compiler has it in itself. */
const RUNTIME = "@oxc-project/runtime/";

export function resolve(specifier, context, nextResolve) {
  if (specifier.startsWith(RUNTIME)) return { url: new URL(`runtime:${specifier}`).href, shortCircuit: true };
  return nextResolve(specifier, { ...context, conditions: ["@stowage/source", ...context.conditions] });
}

export async function load(url, context, nextLoad) {
  if (url.startsWith("runtime:")) return moduleOf(await runtimeOf(url.slice("runtime:".length)));
  if (!url.endsWith(".ts")) return nextLoad(url, context);
  const path = fileURLToPath(url);
  const { code, errors } = await transform(path, await readFile(path, "utf8"), { target: "node20" });
  if (errors.length > 0) throw new Error(`${path}: ${errors[0].message}`);
  return moduleOf(code);
}

async function runtimeOf(input) {
  const { rolldown } = await import(pathToFileURL(fromVite.resolve("rolldown")).href);
  const bundle = await rolldown({ input, platform: "node" });
  const { output } = await bundle.generate({ format: "esm" });
  await bundle.close();
  return output[0].code;
}

function moduleOf(source) {
  return { format: "module", source, shortCircuit: true };
}
