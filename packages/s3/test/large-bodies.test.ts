import { type RecordedRequest, resetBeforeHeaders } from "@stowage/test-kit";
import { expect, it } from "vitest";
import { KIBIBYTE, pattern, startBed } from "./bed.ts";

const MEBIBYTE = KIBIBYTE * KIBIBYTE;
const WITH_LARGE_PARTS = { partSize: 3 * MEBIBYTE };

const isPut = ({ method }: RecordedRequest) => method === "PUT";

it.each([
  [2, { ifNotExists: true }],
  [2, {}],
  [7, { ifNotExists: true }],
])(
  "no request of a write of %i MiB with %j waits for 100 Continue, which not every service answers",
  async (size, options) => {
    const { proxy, open } = await startBed();

    await open(WITH_LARGE_PARTS).write("object", pattern(size * MEBIBYTE), options);

    expect(proxy.requests.filter(isPut)).not.toEqual([]);
    expect(proxy.requests.map(({ headers }) => headers.expect)).toEqual(proxy.requests.map(() => undefined));
  },
);

it("a create-only write whose large body is refused by a broken connection looks once, and says that the key is taken", async () => {
  const { proxy, open } = await startBed();
  const filesystem = open(WITH_LARGE_PARTS);
  await filesystem.write("object", pattern(1));
  const struck = proxy.inject({ match: isPut, fault: resetBeforeHeaders() });

  const write = filesystem.write("object", pattern(2 * MEBIBYTE), { ifNotExists: true });

  await expect(write).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
  expect(struck()).toBe(1);
});

it("a create-only write of a large body to a free key is sent again after a broken connection", async () => {
  const { proxy, open } = await startBed();
  const filesystem = open(WITH_LARGE_PARTS);
  const struck = proxy.inject({ match: isPut, fault: resetBeforeHeaders(), times: 2 });

  const { size } = await filesystem.write("object", pattern(2 * MEBIBYTE), { ifNotExists: true });

  expect([size, struck()]).toEqual([2 * MEBIBYTE, 2]);
});
