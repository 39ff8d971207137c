import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { cases } from "../src/index.ts";
import { runCommand } from "../src/run-command.ts";

const FAST = cases.filter(({ tier }) => tier === "fast");
const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

describe("stowage-contract", () => {
  it("prints a row for each case and a summary, and ends with 0 if all promises are kept", async () => {
    const { code, out, error } = await run(fixture("kept-harness.ts"), "--seed", "42");
    expect([code, error]).toEqual([0, ""]);
    const rows = out.split("\n").filter((line) => /^(passed|skipped|deviates) /.test(line));
    expect(rows).toHaveLength(FAST.length + 1); // and the author's own
    expect(rows).toContain("passed    own/answers");
    expect(out).toMatch(/^skipped {3}open\/wrong-credentials +the harness has no openDenied$/m);
    expect(out).toMatch(/\n\d+ passed, 0 failed, \d+ skipped, seed 42\n$/);
  });

  it("measures the driver instead with --bench, as a table or as JSON", async () => {
    const { code, out } = await run(fixture("kept-harness.ts"), "--bench");
    expect(code).toBe(0);
    expect(out).toMatch(/^\| call \| driver \|\n(.*\n)*\| write 16 MiB \| \S+ MB\/s \|$/m);
    const { name, rows } = JSON.parse((await run(fixture("kept-harness.ts"), "--bench", "--json")).out);
    expect([name, rows.length, typeof rows[0].driver.ms]).toEqual(["kept", 6, "number"]);
  });

  it("ends with 1 if a promise is broken, and says which and how", async () => {
    const { code, out } = await run(fixture("broken-harness.ts"));
    expect(code).toBe(1);
    expect(out).toMatch(/^failed {4}delete\/removes .*\n/m);
    expect(out).toMatch(/\ndelete\/removes\n {2}the call resolves; .* \[seed \d+\]\n {2}the driver's last calls: /);
  });

  it("prints JSON instead", async () => {
    const { out } = await run(fixture("broken-harness.ts"), "--json", "--seed", "7", "--tier", "fast");
    const report = JSON.parse(out);
    expect(report).toMatchObject({ name: "broken", seed: 7, tiers: ["fast"] });
    expect(report.failed.map(({ id }: { id: string }) => id)).toContain("delete/removes");
    expect(report.deviating).toContainEqual({ id: "delete/neighbours-stay", reason: "nothing is ever deleted" });
  });

  it.each([
    [[], "one module has to be named"],
    [["a.mjs", "b.mjs"], "one module has to be named"],
    [["a.mjs", "--tier", "quick"], "--tier quick: there are fast, slow, remote"],
    [["a.mjs", "--seed", "x"], "--seed x: not a whole number"],
    [["a.mjs", "--jsn"], "Unknown option '--jsn'"],
    [["there-is-none.mjs"], "there-is-none.mjs"],
    [[fixture("no-harness.ts")], "does not export { name, create } by default"],
  ])("%j ends with 2, and says what is wrong", async (words, message) => {
    const { code, out, error } = await run(...words);
    expect([code, out]).toEqual([2, ""]);
    expect(error).toContain(message);
    expect(error).toContain("usage: stowage-contract ./harness.mjs");
  });

  it("explains itself", async () => {
    const { code, out } = await run("--help");
    expect([code, out.startsWith("usage: ")]).toEqual([0, true]);
  });
});

async function run(...words: string[]): Promise<{ code: number; out: string; error: string }> {
  const texts = { out: "", error: "" };
  const code = await runCommand(words, {
    out: async (text) => {
      texts.out += text;
    },
    error: async (text) => {
      texts.error += text;
    },
  });
  return { code, ...texts };
}
