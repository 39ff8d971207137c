import { expect, test } from "vitest";
import { fileProblems } from "../rules/file-rules.mjs";
import { textProblems } from "../rules/text-rules.mjs";

const line = "const x = 1;\n";
const BROKEN_FILES = {
  "a folder at the top": ["tools/a.ts", line, "lies at the top"],
  "a vague file": ["packages/core/src/utils.ts", line, "called utils"],
  "a vague folder": ["packages/core/src/shared/lock.ts", line, "called shared"],
  "a vague test": ["packages/core/test/helpers.ts", line, "called helpers"],
  "camel case": ["packages/core/src/openOnce.ts", line, "kebab-case"],
  "camel case behind a dot": [".ci/.openOnce.mjs", line, "kebab-case"],
  "251 lines": ["packages/core/src/a.ts", line.repeat(251), "251 lines"],
};

test.each(Object.entries(BROKEN_FILES))("the check finds: %s", (_, [path, text, problem]) => {
  expect(fileProblems([{ path, text }]).join("\n")).toContain(problem);
});

test("a file of 250 lines with a plain name is no problem", () => {
  expect(fileProblems([{ path: "packages/core/src/open-once.ts", text: line.repeat(250) }])).toEqual([]);
});

test("files that tools and hosts look for lie at the top, with a dot in front if they want it", () => {
  const paths = ["SECURITY.md", "knip.json", ".dependency-cruiser.mjs"];

  expect(fileProblems(paths.map((path) => ({ path, text: line })))).toEqual([]);
});

const BROKEN_TEXTS = {
  "a home directory": ["docs/a.md", `cd ${["", "home", "ann", "data"].join("/")}`, "a path of one machine"],
  "the work tree": ["packages/core/test/a.ts", `"${["", "work", "main"].join("/")}"`, "a path of one machine"],
  "a registry": ["pnpm-lock.yaml", `https://${["registry", "npmjs.org"].join(".")}/x`, "a registry host"],
  "a private key": ["packages/gcs/test/a.ts", ["-----BEGIN", "PRIVATE KEY-----"].join(" "), "a private key"],
  "an access key": ["docs/a.md", ["AKIA", "ABCDEFGHIJKLMNOP"].join(""), "an access key"],
  "process.env in a driver": ["packages/s3/src/a.ts", "const { HOME } = process.env;", "reads the environment"],
  "env taken from process": ["packages/s3/src/a.ts", "const { env } = process;", "reads the environment"],
};

test.each(Object.entries(BROKEN_TEXTS))("the check finds: %s", (_, [path, text, problem]) => {
  expect(textProblems([{ path, text }]).join("\n")).toContain(problem);
});

test("the command line may read the environment, and a comment may speak of it", () => {
  const good = [
    { path: "packages/cli/src/a.ts", text: "process.env.STOWAGE_URL" },
    { path: "packages/core/src/a.ts", text: "// never process.env\nconst x = 1;" },
    { path: "docs/a.md", text: "see https://example.com/home/page and packages/core/work/x" },
  ];

  expect(textProblems(good)).toEqual([]);
});
