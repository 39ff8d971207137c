import { expect, it } from "vitest";
import { attachment } from "../../src/driver-kit/attachment.ts";

it.each([
  ["a.zip", 'attachment; filename="a.zip"'],
  ["a b+c@d;e.zip", 'attachment; filename="a b+c@d;e.zip"'],
  ['quo"te.zip', `attachment; filename="quo_te.zip"; filename*=UTF-8''quo%22te.zip`],
  ["back\\slash", `attachment; filename="back_slash"; filename*=UTF-8''back%5Cslash`],
  ["100%.zip", `attachment; filename="100_.zip"; filename*=UTF-8''100%25.zip`],
  ["größe.zip", `attachment; filename="gr__e.zip"; filename*=UTF-8''gr%C3%B6%C3%9Fe.zip`],
  ["😀'(*).zip", `attachment; filename="_'(*).zip"; filename*=UTF-8''%F0%9F%98%80%27%28%2A%29.zip`],
  ["\u202ecod.piz", `attachment; filename="_cod.piz"; filename*=UTF-8''%E2%80%AEcod.piz`],
  ["two\r\nlines", `attachment; filename="two__lines"; filename*=UTF-8''two%0D%0Alines`],
  ["half \ud800", `attachment; filename="half _"; filename*=UTF-8''half%20%EF%BF%BD`],
])("the name %j is kept", (filename, header) => {
  expect(attachment(filename)).toBe(header);
  expect(new Headers({ "content-disposition": header }).get("content-disposition")).toBe(header);
});
