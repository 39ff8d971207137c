import { expect, it } from "vitest";
import { bucketRule, folderPrefix } from "../../src/driver-kit/bucket-options.ts";

it.each([
  [undefined, ""],
  ["", ""],
  ["/", ""],
  ["backups", "backups/"],
  ["/app/backups/", "app/backups/"],
  ["späte Sicherungen/ü", "späte Sicherungen/ü/"],
  ["x".repeat(783), `${"x".repeat(783)}/`],
])("the prefix %j is a folder, %j", (prefix, folder) => {
  expect(bucketRule.prefix.accepts(prefix ?? "")).toBe(true);
  expect(folderPrefix(prefix)).toBe(folder);
});

it.each(["a//b", "a/../b", "./a", "a\\b", "a\nb", "a\u007f", "\ud800", "x".repeat(784), "ü".repeat(392), 7, null])(
  "the prefix %j is none",
  (prefix) => {
    expect(bucketRule.prefix.accepts(prefix)).toBe(false);
  },
);

it.each([
  ["https://s3.example.org", true],
  ["http://127.0.0.1:9000/path", true],
  ["localhost:9000", false],
  ["ftp://host", false],
  ["https://user@host", false],
  ["https://:password@host", false],
  ["", false],
  [new URL("https://host"), false],
])("the endpoint %s is one: %s", (endpoint, isOne) => {
  expect(bucketRule.endpoint.accepts(endpoint)).toBe(isOne);
});
