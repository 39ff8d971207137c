import { expect, it } from "vitest";
import { parseModifier } from "../../src/fields/excerpt.ts";
import { pickFields } from "../../src/fields/pick-fields.ts";
import { boundaryOf } from "../../src/multipart/boundary.ts";
import { parseParameters } from "../../src/multipart/parameters.ts";
import { parsePartHead } from "../../src/multipart/part-head.ts";
import { ADMIN, FILE_TOKEN, makeBed } from "../bed/bed.ts";

/** Characters. At this length, what takes the square of it would take minutes each time. */
const LENGTH = 300_000;
const long = (text: string) => text.repeat(Math.ceil(LENGTH / text.length));
const ENDLESS = [
  " ",
  "\t",
  " ,",
  ",",
  "(",
  ")",
  "((,",
  "a",
  '"',
  '\\"',
  "\\",
  ";",
  "; ",
  ";a=",
  ";a=b",
  "=",
  "<",
  "< ",
  "a.",
  "*",
  "'",
  "-",
];

it.each(ENDLESS)("300,000 bytes of %j are read in one pass, wherever it comes from a client", (text) => {
  const input = long(text);
  for (const before of ["", "excerpt(", "excerpt(1,", "excerpt(1"]) {
    for (const after of ["", ")", "x)", "\n"]) parseModifier(before + input + after);
  }
  for (const before of ["", "key:excerpt(", "key,", "key:"]) pickFields([{ key: input, size: 1 }], before + input);
  for (const before of [";", "; boundary=", '; boundary="', "; boundary=a"]) {
    parseParameters(before + input);
    boundaryOf(`multipart/form-data${before}${input}`);
  }
  boundaryOf(`multipart/form-data${input}`);
  for (const before of ["", "Content-Disposition: form-data", "Content-Disposition:", "X: "]) {
    expect(() => parsePartHead(Buffer.from(`${before}${input}\0`))).toThrow();
  }
  expect(pickFields([{ key: input }], "key:excerpt(5)")).toHaveLength(1);
});

it("a list takes no longer for an expression with many names", async () => {
  const names = Array.from({ length: 50_000 }, (_, index) => `name${index}`).join();
  const backups = Array.from({ length: 10_000 }, (_, index) => ({ key: `${index}.zip`, size: index }));

  expect(pickFields(backups, `${names},size`)).toHaveLength(10_000);
});

it("a name of 150,000 levels is read, and names nothing", () => {
  expect(pickFields({ a: { a: { a: 1 } } }, long("a."))).toEqual({ a: { a: { a: 1 } } });
});

it.each(ENDLESS)(
  "headers of 300,000 bytes of %j are answered",
  async (text) => {
    const bed = await makeBed({ handler: { cors: { origins: ["*"] } } });
    await bed.manager.create({ name: "a.zip" });
    const value = long(text).replaceAll(/[\t\\]/g, "x");
    const names = ["accept", "range", "if-none-match", "if-range", "if-modified-since", "content-type"];
    for (const name of names) {
      const headers = { ...ADMIN, [name]: value };
      const answers = [
        await bed.send("GET", "/api/backups/status", { headers }),
        await bed.send("GET", `/api/backups/a.zip?token=${FILE_TOKEN}`, {
          headers: { range: "bytes=0-1", ...headers },
        }),
        await bed.send("POST", "/api/backups/upload", { headers, body: "x" }),
      ];
      for (const answer of answers) await answer.body?.cancel();
      expect(answers.map(({ status }) => status < 500)).toEqual([true, true, true]);
    }
    const asked = { origin: "x", "access-control-request-method": "GET", "access-control-request-headers": value };
    expect((await bed.send("OPTIONS", "/api/backups", { headers: asked })).status).toBe(204);
    expect((await bed.send("GET", `/api/backups?fields=${encodeURIComponent(value)}`)).status).toBeLessThan(500);
  },
  60_000,
);
