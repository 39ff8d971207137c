import { expect, it } from "vitest";
import { contentDisposition } from "../src/download/content-disposition.ts";

it.each([
  ["a.zip", 'attachment; filename="a.zip"'],
  ["a b+c@d;e.zip", 'attachment; filename="a b+c@d;e.zip"'],
  ['quo"te.zip', `attachment; filename="quo_te.zip"; filename*=UTF-8''quo%22te.zip`],
  ["100%.zip", `attachment; filename="100_.zip"; filename*=UTF-8''100%25.zip`],
  ["größe.zip", `attachment; filename="gr__e.zip"; filename*=UTF-8''gr%C3%B6%C3%9Fe.zip`],
  ["😀'(*).zip", `attachment; filename="_'(*).zip"; filename*=UTF-8''%F0%9F%98%80%27%28%2A%29.zip`],
  ["\u202ecod.piz", `attachment; filename="_cod.piz"; filename*=UTF-8''%E2%80%AEcod.piz`],
])("the name %s is kept", (key, header) => {
  expect(contentDisposition(key)).toBe(header);
  expect(new Headers({ "content-disposition": header }).get("content-disposition")).toBe(header);
});
