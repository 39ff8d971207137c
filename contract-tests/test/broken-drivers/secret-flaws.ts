import { StowageError } from "@stowage/core";
import { SECRET } from "../reference-harness.ts";
import { changedDriver } from "./changed-driver.ts";
import type { Flaw } from "./flaw.ts";

/** Secrets in errors that no call on a broken handle gives. */
export const secretFlaws: readonly Flaw[] = [
  changedDriver("a server that fails is told with what it was asked", ["errors/outage"], (driver, place) => ({
    stat: (key, options) =>
      driver.stat(key, options).catch((error: unknown) => {
        throw place.isDown ? new StowageError("UNAVAILABLE", `503 to authorization: ${SECRET}`) : error;
      }),
  })),
  changedDriver("content that breaks off tells how it was asked for", ["read/outage-meanwhile"], (driver, place) => ({
    read: async (key, options) => {
      const { info, content } = await driver.read(key, options);
      async function* breaking() {
        for await (const chunk of content) {
          if (place.isDown) throw new StowageError("UNAVAILABLE", "cut", { cause: { headers: { token: SECRET } } });
          yield chunk;
        }
      }
      return { info, content: breaking() };
    },
  })),
  changedDriver("a write that fails on its way tells how it was sent", ["errors/outage"], (driver, place) => ({
    write: async (key, content, options) => {
      const hasBegun = !place.isDown;
      return driver.write(key, content, options).catch((error: unknown) => {
        throw hasBegun && place.isDown ? new StowageError("UNAVAILABLE", `part 2 by ${SECRET}`) : error;
      });
    },
  })),
];
