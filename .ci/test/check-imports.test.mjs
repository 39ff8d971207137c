import { expect, test } from "vitest";
import { fileProblems } from "../rules/file-rules.mjs";
import { importProblems } from "../rules/import-rules.mjs";
import { textProblems } from "../rules/text-rules.mjs";

const MANIFESTS = [
  manifest("packages/core", { name: "@stowage/core", devDependencies: { "@stowage/local": "*", archiver: "*" } }),
  manifest("packages/local", {
    name: "@stowage/local",
    dependencies: { "@stowage/core": "*", "@stowage/memory": "*" },
  }),
  manifest("packages/memory", { name: "@stowage/memory", dependencies: { "@stowage/core": "*" } }),
  manifest("packages/new", { name: "@stowage/new", dependencies: { "@stowage/core": "*" } }),
  manifest("contract-tests", {
    name: "@stowage/contract-tests",
    peerDependencies: { "@stowage/core": "*", vitest: "*" },
  }),
  manifest("examples/one", { name: "@stowage/example-one", dependencies: { "@stowage/local": "*" } }),
];

function manifest(folder, content) {
  return { path: `${folder}/package.json`, text: JSON.stringify({ exports: { ".": "./dist/index.js" }, ...content }) };
}

/** Each file breaks one rule, and the problem that has to be found in it. */
const BROKEN_IMPORTS = {
  "core knows a driver": [
    "packages/core/src/a.ts",
    `import { x } from "@stowage/local";`,
    "must not know @stowage/local",
  ],
  "a driver knows a driver": [
    "packages/local/src/a.ts",
    `export { x } from "@stowage/memory";`,
    "must not know @stowage/memory",
  ],
  "a driver knows a driver by import()": [
    "packages/local/src/a.ts",
    `await import("@stowage/memory");`,
    "must not know",
  ],
  "a type from the side": ["packages/local/src/a.ts", `import type { X } from "@stowage/memory";`, "must not know"],
  "many names on many lines": [
    "packages/local/src/a.ts",
    `import {\n  x,\n  y,\n} from "@stowage/memory";`,
    ":4 must not",
  ],
  "the suite imports vitest": ["contract-tests/src/a.ts", `import { test } from "vitest";`, "imports vitest"],
  "another package's src by path": [
    "packages/local/src/a.ts",
    `import "../../core/src/a.ts";`,
    "reaches out of its package",
  ],
  "another package's src by name": [
    "packages/local/test/a.test.ts",
    `import "@stowage/core/src/a.ts";`,
    "not exported",
  ],
  "a test from source": ["packages/core/src/a.ts", `import "../test/b.ts";`, "reaches out of src"],
  "a development dependency in source": ["packages/core/src/a.ts", `import "archiver";`, "does not declare"],
  "an undeclared package in a test": ["packages/core/test/a.ts", `import { x } from "yazl";`, "does not declare"],
  "a package that is not here": ["packages/core/test/a.ts", `import { x } from "@stowage/gone";`, "no package here"],
  "a package without arrows": [
    "packages/new/src/a.ts",
    `import { x } from "@stowage/core";`,
    "does not know: packages/new",
  ],
};

test.each(Object.entries(BROKEN_IMPORTS))("the check finds: %s", (_, [path, text, problem]) => {
  const problems = importProblems([...MANIFESTS, { path, text }]);

  expect(problems.join("\n")).toContain(problem);
});

test("imports that follow the arrows are no problem", () => {
  const good = [
    {
      path: "packages/core/src/a.ts",
      text: `import { x } from "node:fs";\n// import "archiver";\nimport { b } from "./b.ts";`,
    },
    {
      path: "packages/core/test/a.test.ts",
      text: `import { x } from "@stowage/local";\nimport "../src/a.ts";\nimport "vitest";`,
    },
    { path: "packages/local/src/a.ts", text: `/* from "@stowage/memory" */ import { x } from "@stowage/core";` },
    { path: "packages/core/test/b.test.ts", text: 'const go = `\nimport "archive/zip"\n`;' },
    { path: "examples/one/src/a.ts", text: `import { x } from "@stowage/local";` },
  ];

  expect(importProblems([...MANIFESTS, ...good])).toEqual([]);
});

const line = "const x = 1;\n";
const BROKEN_FILES = {
  "a folder at the top": ["tools/a.ts", line, "lies at the top"],
  "a vague file": ["packages/core/src/utils.ts", line, "called utils"],
  "a vague folder": ["packages/core/src/shared/lock.ts", line, "called shared"],
  "a vague test": ["packages/core/test/helpers.ts", line, "called helpers"],
  "camel case": ["packages/core/src/openOnce.ts", line, "kebab-case"],
  "251 lines": ["packages/core/src/a.ts", line.repeat(251), "251 lines"],
};

test.each(Object.entries(BROKEN_FILES))("the check finds: %s", (_, [path, text, problem]) => {
  expect(fileProblems([{ path, text }]).join("\n")).toContain(problem);
});

test("a file of 250 lines with a plain name is no problem", () => {
  expect(fileProblems([{ path: "packages/core/src/open-once.ts", text: line.repeat(250) }])).toEqual([]);
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
