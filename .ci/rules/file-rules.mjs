import { posix } from "node:path";

const LONGEST = 250;
const VAGUE = new Set([
  "utils",
  "util",
  "helpers",
  "helper",
  "common",
  "shared",
  "types",
  "models",
  "constants",
  "misc",
]);

/** What may lie at the top. */
const TOP = new Set([
  ...["packages", "contract-tests", "examples", "docs", ".ci", ".changeset", ".github"],
  ...[
    "package.json",
    "pnpm-lock.yaml",
    "pnpm-workspace.yaml",
    ".npmrc",
    ".gitignore",
    ".gitattributes",
    ".editorconfig",
  ],
  ...["tsconfig.json", "tsconfig.base.json", "tsconfig.tests.json", "biome.json", "vitest.config.ts"],
  ...["knip.json", ".dependency-cruiser.mjs"],
  ...["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE"],
]);

/** Finds files whose name says nothing, that are too long, or that lie in the wrong place. */
export function fileProblems(files) {
  return files.flatMap((file) => [...placeProblems(file), ...nameProblems(file), ...lengthProblems(file)]);
}

function placeProblems({ path }) {
  return TOP.has(path.split("/")[0]) ? [] : [`${path} lies at the top, where it does not belong`];
}

function nameProblems({ path }) {
  if (!/\.(m?[jt]s|sh)$/.test(path)) return [];
  const words = path.split("/").map((part) => part.split(".")[0]);
  const vague = words.filter((word) => VAGUE.has(word)).map((word) => `${path} is called ${word}, which says nothing`);
  const kebab = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/.test(posix.basename(path)); // a tool may want a dot in front
  return kebab ? vague : [...vague, `${path} is not in kebab-case`];
}

function lengthProblems({ path, text }) {
  if (!/(^|\/)(src|rules)\/.*\.m?[jt]s$/.test(path)) return [];
  const lines = text.trimEnd().split("\n").length;
  return lines > LONGEST ? [`${path} has ${lines} lines: more than ${LONGEST} are two ideas`] : [];
}
