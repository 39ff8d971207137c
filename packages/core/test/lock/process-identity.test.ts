import { hostname } from "node:os";
import { expect, test } from "vitest";
import { PLATFORM, WINDOWS } from "../../src/disk/platform.ts";
import { hostNames } from "../../src/lock/process-identity.ts";

test.runIf(PLATFORM.processes)(
  "a host is known by its name, its boot and its processes, where the kernel tells",
  async () => {
    const [name, boot, namespace, ...rest] = await hostNames();

    expect([name, rest]).toEqual([hostname(), []]);
    expect(boot).toMatch(/^[0-9a-f-]{36}\n$/);
    expect(namespace).toMatch(/^pid:\[\d+\]$/);
  },
);

test("elsewhere hosts of one name are told apart by their network cards", async () => {
  const [name, ...cards] = await hostNames(WINDOWS);

  expect(name).toBe(hostname());
  for (const card of cards) expect(card).toMatch(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
  expect(cards).not.toContain("00:00:00:00:00:00");
  expect(await hostNames(WINDOWS)).toEqual([name, ...cards]);
});
