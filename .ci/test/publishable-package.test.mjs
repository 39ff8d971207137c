import { expect, test } from "vitest";
import { isTypesOf, publishedManifest, publishedText } from "../rules/publishable-package.mjs";

const VERSIONS = { "@stowage/core": "1.2.3" };

test("what is packed exports no sources, and knows the others by their versions", () => {
  const manifest = {
    name: "@stowage/local",
    exports: { ".": { "@stowage/source": "./src/index.ts", types: "./dist/index.d.ts", default: "./dist/index.js" } },
    imports: { "#programs": { "@stowage/source": "./src/programs.ts", default: "./dist/built-programs.js" } },
    dependencies: { "@stowage/core": "workspace:^", picomatch: "^4.0.7" },
    peerDependencies: { "@stowage/core": "workspace:*" },
    devDependencies: { "@stowage/test-kit": "workspace:*" },
  };

  expect(publishedManifest(manifest, { versions: VERSIONS, repository: { homepage: "https://example.org" } })).toEqual({
    name: "@stowage/local",
    exports: { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } },
    dependencies: { "@stowage/core": "^1.2.3", picomatch: "^4.0.7" },
    peerDependencies: { "@stowage/core": "1.2.3" },
    homepage: "https://example.org",
  });
});

test("links that lead out of a package are words, and others stay", () => {
  expect(
    publishedText("see [how](../../docs/restore.md#mounts), [here](#options) and [memfs](https://example.org)"),
  ).toBe("see how, [here](#options) and [memfs](https://example.org)");
});

test("a text that is on npm does not say that it is not", () => {
  expect(publishedText("```\n\nNot on npm yet: [from tarballs](../README.md#packages).\n\nMore.\n")).toBe(
    "```\n\nMore.\n",
  );
});

test.each([
  ["index.d.ts", true],
  ["disk/disk.d.ts.map", true],
  ["disk/gone.d.ts", false],
  ["index.js", false],
])("%s is of the types of a source: %s", (path, expected) => {
  expect(isTypesOf(path, new Set(["index.ts", "disk/disk.ts"]))).toBe(expected);
});
