import { afterAll, beforeAll, it } from "vitest";
import { expectRefused, HOSTILE, HostileGlobsProgram } from "./hostile-globs.ts";

let program: HostileGlobsProgram;

beforeAll(async () => {
  program = await HostileGlobsProgram.make();
});

afterAll(() => program.remove());

it.each(HOSTILE)("a restore of an archive with a glob such as %s is refused", (glob) => expectRefused(program, [glob]));
