import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bin, run } from "./scratch.mjs";

/** What is installed for them. */
export const BUNDLER_PACKAGES = [
  "esbuild",
  "rollup",
  "@rollup/plugin-node-resolve",
  "@rollup/plugin-commonjs",
  "vite",
  "webpack",
  "webpack-cli",
];

const ESBUILD = ["main.mjs", "--bundle", "--platform=node", "--log-level=warning"];

/** Each builds `main.mjs` of a project into one file, and returns its path. A bundler that warns says so on its standard error. */
export const BUNDLERS = {
  "esbuild, ESM": (project, out) => esbuild(project, ["--format=esm", `--outfile=${out("mjs")}`], out("mjs")),
  "esbuild, CommonJS": (project, out) => esbuild(project, ["--format=cjs", `--outfile=${out("cjs")}`], out("cjs")),
  "esbuild, CommonJS, minified": (project, out) =>
    esbuild(project, ["--format=cjs", "--minify", `--outfile=${out("cjs")}`], out("cjs")),
  "rollup, ESM": (project, out) => rollup(project, ["--format", "es", "--file", out("mjs")], out("mjs")),
  "rollup, CommonJS": (project, out) => rollup(project, ["--format", "cjs", "--file", out("cjs")], out("cjs")),
  "vite, SSR": viteSsr,
  webpack: bundleByWebpack,
};

function esbuild(project, options, file) {
  run(bin(project, "esbuild"), [...ESBUILD, ...options], project);
  return file;
}

function rollup(project, options, file) {
  const plugins = ["-p", "node-resolve", "-p", "commonjs"];
  run(bin(project, "rollup"), ["main.mjs", ...plugins, "--silent", "--inlineDynamicImports", ...options], project);
  return file;
}

function viteSsr(project, out) {
  const config = join(project, "vite.config.mjs");
  writeFileSync(config, "export default { ssr: { noExternal: true }, logLevel: 'warn' };\n");
  const folder = out("folder");
  run(bin(project, "vite"), ["build", "--ssr", "main.mjs", "--outDir", folder], project);
  return join(folder, "main.js");
}

function bundleByWebpack(project, out) {
  const folder = out("folder");
  mkdirSync(folder, { recursive: true });
  const config = join(project, "webpack.config.cjs");
  const output = { path: folder, filename: "main.cjs" };
  const settings = { mode: "production", target: "node", entry: "./main.mjs", output, stats: "errors-warnings" };
  writeFileSync(config, `module.exports = ${JSON.stringify(settings)};\n`);
  run(bin(project, "webpack"), ["--config", config], project);
  return join(folder, "main.cjs");
}
