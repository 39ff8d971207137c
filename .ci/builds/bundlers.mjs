import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bin, run } from "./scratch.mjs";

const MAIN = "main.mjs";

/** What is installed for them. */
export const BUNDLER_PACKAGES = [
  "esbuild",
  "rollup",
  "@rollup/plugin-node-resolve",
  "@rollup/plugin-commonjs",
  "@rollup/plugin-json",
  "vite",
  "webpack",
  "webpack-cli",
];

const ESBUILD = ["--bundle", "--platform=node", "--log-level=warning"];

/** Each builds a program of a project, by default `main.mjs`, into one file or folder, and returns the path of the program. A bundler that warns says so on its standard error. */
export const BUNDLERS = {
  "esbuild, ESM": (project, out, program) => esbuild(project, ["--format=esm"], { file: out("mjs"), program }),
  "esbuild, CommonJS": (project, out, program) => esbuild(project, ["--format=cjs"], { file: out("cjs"), program }),
  "esbuild, CommonJS, minified": (project, out, program) =>
    esbuild(project, ["--format=cjs", "--minify"], { file: out("cjs"), program }),
  "rollup, ESM": (project, out, program) => rollup(project, "es", { file: out("mjs"), program }),
  "rollup, CommonJS": (project, out, program) => rollup(project, "cjs", { file: out("cjs"), program }),
  "vite, SSR": viteSsr,
  webpack: bundleByWebpack,
};

function esbuild(project, options, { file, program = MAIN }) {
  run(bin(project, "esbuild"), [program, ...ESBUILD, ...options, `--outfile=${file}`], project);
  return file;
}

function rollup(project, format, { file, program = MAIN }) {
  const plugins = ["node-resolve", "commonjs", "json"].flatMap((name) => ["-p", name]);
  const options = ["--silent", "--inlineDynamicImports", "--format", format, "--file", file];
  run(bin(project, "rollup"), [program, ...plugins, ...options], project);
  return file;
}

function viteSsr(project, out, program = MAIN) {
  const config = join(project, "vite.config.mjs");
  writeFileSync(config, "export default { ssr: { noExternal: true }, logLevel: 'warn' };\n");
  const folder = out("folder");
  run(bin(project, "vite"), ["build", "--ssr", program, "--outDir", folder], project);
  return join(folder, program.replace(".mjs", ".js"));
}

function bundleByWebpack(project, out, program = MAIN) {
  const folder = out("folder");
  mkdirSync(folder, { recursive: true });
  const config = join(project, "webpack.config.cjs");
  const output = { path: folder, filename: "main.cjs" };
  const settings = { mode: "production", target: "node", entry: `./${program}`, output, stats: "errors-warnings" };
  writeFileSync(config, `module.exports = ${JSON.stringify(settings)};\n`);
  run(bin(project, "webpack"), ["--config", config], project);
  return join(folder, "main.cjs");
}
