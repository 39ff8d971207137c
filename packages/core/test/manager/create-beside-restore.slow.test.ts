import { SeededRandom } from "@stowage/test-kit/random";
import { expect, it } from "vitest";
import { type Beside, createBesideRestore } from "./create-beside-restore.ts";

it.each<Beside>(["two storages", "the lock of the process"])(
  "50 creates beside a restore with %s hold everything or are refused",
  async (beside) => {
    const { stored, refused } = await createBesideRestore(beside, 50, new SeededRandom(11));

    console.log(`create beside a restore, ${beside}: ${stored} whole, ${refused} refused`);
    expect(stored + refused).toBe(50);
  },
);
