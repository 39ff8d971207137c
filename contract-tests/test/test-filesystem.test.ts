import { Filesystem } from "@stowage/core";
import { describe, expect, it } from "vitest";
import { type ContractCase, cases, type Deviations, type Harness, testFilesystem } from "../src/index.ts";
import { RecordedRunner } from "./recorded-runner.ts";
import { REFERENCE_CAPABILITIES, ReferenceDriver } from "./reference-driver.ts";
import { referenceHarness } from "./reference-harness.ts";
import { ReferencePlace } from "./reference-place.ts";

const FAST = cases.filter(({ tier }) => tier === "fast");

const undeclaring = referenceHarness({
  driver: (place) =>
    new (class extends ReferenceDriver {
      override readonly capabilities = Object.freeze({ ...REFERENCE_CAPABILITIES, conditionalCreate: false });
    })(place),
});

const leftOver = referenceHarness({
  driver: (place) => {
    place.put("left-over", []);
    return new ReferenceDriver(place);
  },
});

describe("testFilesystem", () => {
  it("registers every fast case, and again behind a prefix where that can make a difference", () => {
    const { titles } = registered(referenceHarness());
    const prefixed = FAST.filter(({ isPrefixed }) => isPrefixed);
    expect(prefixed.length).toBeGreaterThan(30);
    expect(titles).toHaveLength(1 + FAST.length + prefixed.length);
  });

  it("says in the title what a case needs", () => {
    const { titles } = registered(referenceHarness());
    expect(titles.find((title) => title.startsWith("create/free-key:"))).toContain("(needs conditionalCreate)");
  });

  it("fails if a promise is broken, and names the seed", async () => {
    const failures = await registered(leftOver).run("open/new-place-is-empty");
    expect(String(failures[0])).toMatch(/\[seed \d+\]/);
  });

  it("skips visibly what is not declared", async () => {
    const runner = registered(undeclaring);
    expect(await runner.run("create/free-key")).toEqual([]);
    expect(runner.skips).toEqual(["conditionalCreate is not declared", "conditionalCreate is not declared"]);
  });

  it("skips a test of mocha, which is handed over as this", async () => {
    const runner = registered(undeclaring);
    await runner.runAsMocha("create/free-key");
    expect(runner.skips).toEqual(["pending"]);
  });

  it("accepts that a known deviation fails, in one variant only too", async () => {
    const runner = registered(leftOver, { "open/new-place-is-empty": "places are used again" });
    expect(await runner.run("open/new-place-is-empty")).toEqual([]);
    expect(runner.titles.find((title) => title.startsWith("open/new"))).toContain(
      "known to fail: places are used again",
    );
    runner.finish();
  });

  it("fails when a known deviation passes in both variants", async () => {
    const failures = await registered(referenceHarness(), { "keys/plain": "it used to fail" }).run("keys/plain");
    expect(failures).toHaveLength(1);
    expect(String(failures[0])).toContain("keys/plain passes: take it off the deviations");
  });

  it("accepts that a flaky deviation passes and fails", async () => {
    const flaky = { "keys/plain": { reason: "the index lags", flaky: true } };
    expect(await registered(referenceHarness(), flaky).run("keys/plain")).toEqual([]);
    const failing = { "open/new-place-is-empty": { reason: "places are used again at times", flaky: true } };
    expect(await registered(leftOver, failing).run("open/new-place-is-empty")).toEqual([]);
  });

  it("runs an author's own cases, and refuses one with an id that is there", async () => {
    const own = {
      id: "own/fails",
      title: "it fails",
      tier: "fast",
      run: () => Promise.reject(new Error("as it should")),
    };
    const options = { name: "a driver", ...referenceHarness(), settleMs: 1 };
    const runner = new RecordedRunner();
    testFilesystem(runner, { ...options, additional: [own as ContractCase] });
    expect(String((await runner.run("own/fails"))[0])).toContain("as it should");
    const doubled = { ...options, additional: [own, own] as ContractCase[] };
    expect(() => testFilesystem(new RecordedRunner(), doubled)).toThrow("two cases have the id own/fails");
    const taken = { ...options, additional: [{ ...own, id: "stat/exists" } as ContractCase] };
    expect(() => testFilesystem(new RecordedRunner(), taken)).toThrow("two cases have the id stat/exists");
  });

  it("refuses deviations that name no case, or give no reason", () => {
    expect(() => registered(referenceHarness(), { "stat/exist": "a typo" })).toThrow("stat/exist, which is no case");
    expect(() => registered(referenceHarness(), { "stat/exists": "" })).toThrow("no reason for stat/exists");
  });

  it("fails if no case was run", async () => {
    const runner = registered(undeclaring);
    expect(() => runner.finish()).toThrow("no case was run");
    await runner.run("create/free-key");
    expect(() => runner.finish()).toThrow("no case was run, all 2 were skipped");
  });

  it("refuses tiers that hold no case", () => {
    const options = { name: "nothing", ...referenceHarness(), tiers: [] };
    expect(() => testFilesystem(new RecordedRunner(), options)).toThrow("no case is of the tiers");
  });

  it("fails if a harness cannot make a place", async () => {
    const harness: Harness = { create: () => Promise.reject(new Error("no more disks")) };
    expect(String((await registered(harness).run("shape/answers"))[0])).toContain("no more disks");
  });

  it("disposes of each place once, and leaves nothing in it", async () => {
    const places: ReferencePlace[] = [];
    let disposed = 0;
    const harness = referenceHarness({
      changes: (_, place) => {
        places.push(place);
        return { dispose: () => void disposed++ };
      },
    });
    await registered(harness).run("keys/plain");
    expect(places.map(({ objects }) => objects.size)).toEqual([0, 0, 0]); // of the first use, of the case, behind a prefix
    expect(disposed).toBe(3);
  });

  it("deletes nothing that the case did not write", async () => {
    const place = new ReferencePlace();
    place.put("somebody else's", []);
    await registered({ create: () => placeOf(place) }).run("keys/plain");
    expect([...place.objects.keys()]).toEqual(["somebody else's"]);
  });
});

function registered(harness: Harness, deviations: Deviations = {}): RecordedRunner {
  const runner = new RecordedRunner();
  testFilesystem(runner, { name: "a driver", ...harness, deviations, settleMs: 1 });
  return runner;
}

function placeOf(place: ReferencePlace) {
  return { open: () => new Filesystem(new ReferenceDriver(place)) };
}
