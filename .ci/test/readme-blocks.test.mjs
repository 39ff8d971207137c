import { expect, test } from "vitest";
import { blocksOf, programsOf, quotationProblems } from "../rules/readme-blocks.mjs";

const README = `# One

\`\`\`sh
npm start
\`\`\`

<!-- taken from examples/one.ts -->
\`\`\`ts
import { a } from "a";
\`\`\`

\`\`\`ts
a();
\`\`\`

- A list:

  \`\`\`ts
  import { b } from "b";
  \`\`\`
`;

test("blocks carry their language, line and origin", () => {
  expect(blocksOf(README).map(({ language, line, takenFrom }) => [language, line, takenFrom])).toEqual([
    ["sh", 3, undefined],
    ["ts", 8, "examples/one.ts"],
    ["ts", 12, undefined],
    ["ts", 18, undefined],
  ]);
});

test("a block that imports nothing continues the program before it", () => {
  expect(programsOf(blocksOf(README))).toEqual([
    { text: `import { a } from "a";\na();\n`, line: 8 },
    { text: `import { b } from "b";\n`, line: 18 },
  ]);
});

test("a block that differs from the example it names is found, and so is an example that is gone", () => {
  const problems = (source) => quotationProblems("README.md", blocksOf(README), () => source);

  expect(problems(`// First.\nimport { a } from "a";\n`)).toEqual([]);
  expect(problems(`import { a2 } from "a";\n`)).toEqual(["README.md:8 is not what examples/one.ts says"]);
  expect(problems(undefined)).toEqual(["README.md:8 is taken from examples/one.ts, which does not exist"]);
});

test("a block without an end is an error", () => {
  expect(() => blocksOf("text\n```ts\nlet x;\n")).toThrow("line 2");
});
