import { posix } from "node:path";
import { lineOf, withoutComments, withoutTemplates } from "./source-files.mjs";

const CORE = "@stowage/core";
const DRIVERS = ["@stowage/local", "@stowage/memory", "@stowage/s3", "@stowage/gcs"];

/** What the source of each package may import of the others. Arrows point down, never sideways. */
const ARROWS = {
  "packages/core": [],
  "packages/local": [CORE],
  "packages/memory": [CORE],
  "packages/s3": [CORE],
  "packages/gcs": [CORE],
  "packages/http": [CORE],
  "packages/test-servers": [],
  "contract-tests": [CORE],
  "packages/cli": [CORE, ...DRIVERS, "@stowage/http"],
  "packages/bench": [CORE, ...DRIVERS, "@stowage/test-servers"],
};

const IMPORT = [
  /^\s*(?:import|export)\s[^;"'`]*?\bfrom\s*["']([^"']+)["']/gm,
  /^\s*import\s*["']([^"']+)["']/gm,
  /\bimport\s*\(\s*["']([^"']+)["']/g,
];

/** Finds the imports that go sideways, up, around a package's door, or to something undeclared. */
export function importProblems(files) {
  const manifests = readManifests(files);
  return files
    .filter(({ path }) => /\.m?tsx?$/.test(path))
    .flatMap((file) => {
      const home = homeOf(file.path);
      if (home === undefined) return [];
      return importsOf(file.text).flatMap(({ specifier, line }) => {
        return problemsOf({ file, home, manifests, specifier }).map((problem) => `${file.path}:${line} ${problem}`);
      });
    });
}

function readManifests(files) {
  const manifests = new Map();
  for (const { path, text } of files) {
    if (posix.basename(path) === "package.json") manifests.set(posix.dirname(path), JSON.parse(text));
  }
  return manifests;
}

/** Returns the folder of the package that a file belongs to, such as `packages/core`. */
function homeOf(path) {
  return path.match(/^(?:packages\/[^/]+|examples\/[^/]+|contract-tests)(?=\/)/)?.[0];
}

function importsOf(text) {
  const code = withoutTemplates(withoutComments(text));
  return IMPORT.flatMap((pattern) => {
    return [...code.matchAll(pattern)].map((match) => ({
      specifier: match[1],
      line: lineOf(code, match.index + match[0].length),
    }));
  });
}

function problemsOf({ file, home, manifests, specifier }) {
  if (specifier.startsWith("node:")) return [];
  if (specifier.startsWith(".")) return relativeProblems(file, home, specifier);
  const inSource = file.path.startsWith(`${home}/src/`);
  return [
    ...doorProblems(manifests, specifier),
    ...declarationProblems(manifests.get(home), specifier, inSource),
    ...(inSource ? arrowProblems(home, specifier) : []),
  ];
}

function relativeProblems(file, home, specifier) {
  const target = posix.join(posix.dirname(file.path), specifier);
  if (!target.startsWith(`${home}/`)) return [`reaches out of its package: ${specifier}`];
  const leavesSource = file.path.startsWith(`${home}/src/`) && !target.startsWith(`${home}/src/`);
  return leavesSource ? [`reaches out of src: ${specifier}`] : [];
}

function arrowProblems(home, specifier) {
  if (home === "contract-tests" && nameOf(specifier) === "vitest") return ["imports vitest, which is handed in"];
  const allowed = ARROWS[home];
  if (home.startsWith("examples/") || !isOurs(specifier)) return [];
  if (allowed === undefined) return [`is in a package that .ci/rules/import-rules.mjs does not know: ${home}`];
  return allowed.includes(nameOf(specifier)) ? [] : [`must not know ${nameOf(specifier)}`];
}

/** Another package is entered by an entry of its `exports` only. */
function doorProblems(manifests, specifier) {
  if (!isOurs(specifier)) return [];
  const manifest = [...manifests.values()].find(({ name }) => name === nameOf(specifier));
  if (manifest === undefined) return [`imports ${specifier}, which is no package here`];
  const door = `.${specifier.slice(manifest.name.length)}`;
  return door in (manifest.exports ?? {}) ? [] : [`imports ${specifier}, which is not exported`];
}

function declarationProblems(manifest, specifier, inSource) {
  const { name, dependencies, peerDependencies, optionalDependencies, devDependencies } = manifest ?? {};
  const declared = { ...dependencies, ...peerDependencies, ...optionalDependencies };
  const available = inSource ? declared : { ...declared, ...devDependencies, vitest: "", [name]: "" };
  return nameOf(specifier) in available
    ? []
    : [`imports ${nameOf(specifier)}, which its package.json does not declare`];
}

function nameOf(specifier) {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

function isOurs(specifier) {
  return specifier === "stowage" || specifier.startsWith("@stowage/") || specifier.startsWith("stowage/");
}
