import { expect, it } from "vitest";
import { isOwn, normalised } from "../messages/normalised.mjs";
import { messagesPage, rowsOf } from "../messages/page.mjs";

const SOURCES = '`it has so many bytes, at most 16 MiB expected; set onUnreadable: "skip"` `expected 44`';

it("a message is told without its call, and without what it is about", () => {
  const told = (message) => normalised(message, SOURCES);

  expect(told('cannot restore "a.zip": "a \\" b" has 17 bytes, at most 16 MiB expected')).toBe(
    "‹name› has ‹n› bytes, at most 16 MiB expected",
  );
  expect(told('of "a", "b" and "c"; set onUnreadable: "skip"')).toBe('of ‹names›; set onUnreadable: "skip"');
  expect(told("/srv/data/x was moved")).toBe("‹path› was moved");
  expect(told("EIO: i/o error, rename '/a/b' -> '/a/c'")).toBe("‹error of the disk›");
  expect(told("its size is 45, expected 44")).toBe("its size is ‹n›, expected 44");
});

it("what a test throws is no message of the sources", () => {
  expect(isOwn("‹name› has ‹n› bytes, at most 16 MiB expected", SOURCES)).toBe(true);
  expect(isOwn("the disk caught fire", SOURCES)).toBe(false);
});

it("each row of the page is found on it again", () => {
  const rows = [
    { code: "BUSY", message: "c <d> is 1*2" },
    { code: "NO_SPACE", message: "none_left" },
    { code: "NO_SPACE", reason: "free-space", message: "a | b" },
  ];
  const page = messagesPage(rows);

  expect(page).toContain("## BUSY\n\nWhat to do: wait");
  expect(rowsOf(page)).toEqual(rows);
});
