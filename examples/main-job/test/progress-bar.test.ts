import { expect, test } from "vitest";
import { ProgressBar } from "../src/progress-bar.ts";

function screenOf(isTTY: boolean): { isTTY: boolean; text: string; write(text: string): void } {
  return {
    isTTY,
    text: "",
    write(text) {
      this.text += text;
    },
  };
}

test("without a terminal, a phase of many updates is a line for each quarter and one for the result", () => {
  const screen = screenOf(false);
  const bar = new ProgressBar(screen, "create");
  for (let done = 0; done <= 1000; done += 1) bar.update(done * 1000, 1_000_000);
  bar.finish("3 entries");

  const lines = screen.text.split("\n").map((line) => line.replace(/[\d.]+ s$/, "TIME"));
  expect(lines).toEqual([
    "  create    25 %  250.0 kB",
    "  create    50 %  500.0 kB",
    "  create    75 %  750.0 kB",
    "  create   3 entries  TIME",
    "",
  ]);
});

test("on a terminal, the result replaces the bar", () => {
  const screen = screenOf(true);
  const bar = new ProgressBar(screen, "create");
  bar.finish("3 entries");

  expect(screen.text.startsWith("\r\u001b[K  create   3 entries  ")).toBe(true);
});

test("an empty total is no division by zero", () => {
  const screen = screenOf(false);
  new ProgressBar(screen, "create").update(0, 0);

  expect(screen.text).toBe("");
});
