import { expect, test } from "vitest";
import { linkProblems, unlistedPages } from "../rules/readme-links.mjs";

const THERE = [
  { path: "packages/core/README.md", text: "# Core\n\n## What `it` does\n" },
  { path: "packages/core/src/a.ts", text: "" },
  { path: "CHANGELOG.md", text: "`gone.ts`\n" },
];

const problemsOf = (text) => linkProblems([...THERE, { path: "docs/a.md", text }]);

test.each([
  ["a page", "[x](b.md)", "docs/a.md links to b.md, which does not exist"],
  ["a page of another folder", "[x](../packages/local/README.md)", "../packages/local/README.md, which does not exist"],
  ["an image", "![x](b.svg)", "b.svg, which does not exist"],
  ["a heading of a page", "[x](../packages/core/README.md#other)", "#other, where no heading is called so"],
  ["a heading of a folder's README", "[x](../packages/core#other)", "#other, where no heading is called so"],
  ["a heading of the same page", "# A\n[x](#b)", "#b, where no heading is called so"],
  ["a heading of a file that has none", "[x](../packages/core/src/a.ts#l1)", "#l1, where no heading is called so"],
  ["a program", "`src/b.ts`", "docs/a.md names src/b.ts, which does not exist"],
  ["a program whose name only ends so", "`ore/src/a.ts`", "names ore/src/a.ts, which does not exist"],
])("the check finds what is missing: %s", (_, text, problem) => {
  expect(problemsOf(text).join("\n")).toContain(problem);
});

test("what is there is found, by its path, its folder or its heading", () => {
  const links = [
    "../packages/core/",
    "../packages/core#what-it-does",
    "a.md#an-a",
    "#an-a",
    "https://example.com/gone",
  ];
  const text = `# An *A*\n${links.map((link) => `[x](${link})`).join("\n")}\n\`src/a.ts\` \`*.slow.test.ts\``;

  expect(problemsOf(text)).toEqual([]);
});

test("what stands in a block of code is no link, and a changelog may name what is gone, but not link to it", () => {
  expect(problemsOf("```md\n[x](gone.md) `gone.ts`\n```\n")).toEqual([]);
  expect(linkProblems([{ path: "CHANGELOG.md", text: "`gone.ts` [x](gone.md)" }])).toEqual([
    "CHANGELOG.md links to gone.md, which does not exist",
  ]);
});

test("each page of docs is listed in its README", () => {
  const pages = ["docs/a.md", "docs/b.md"].map((path) => ({ path, text: "" }));

  expect(unlistedPages([...pages, { path: "docs/README.md", text: "[a](a.md)" }])).toEqual([
    "docs/README.md does not list docs/b.md",
  ]);
  expect(unlistedPages(pages)).toHaveLength(2);
});
