import { expect, it } from "vitest";
import { StowageError } from "../src/index.ts";

const UNAVAILABLE = new StowageError("UNAVAILABLE", "the storage is down", { retryable: true });

it("JSON of an error has the name, code and message of its cause, without the stack and what else it holds", () => {
  const cause = Object.assign(new Error("refused"), { code: "ECONNREFUSED", headers: { authorization: "planted" } });

  const text = JSON.stringify(new StowageError("UNAVAILABLE", "down", { cause, operation: "stat", key: "a.zip" }));

  expect(JSON.parse(text)).toEqual({
    name: "StowageError",
    code: "UNAVAILABLE",
    message: "down",
    retryable: true,
    operation: "stat",
    key: "a.zip",
    cause: { name: "Error", code: "ECONNREFUSED", message: "refused" },
  });
});

it.each<[string, () => unknown, object | undefined]>([
  ["a StowageError", () => UNAVAILABLE, { name: "StowageError", code: "UNAVAILABLE", message: "the storage is down" }],
  ["an error that is its own cause", () => cyclic(), { name: "Error", message: "again" }],
  ["several errors", () => new AggregateError([cyclic()], "all"), { name: "AggregateError", message: "all" }],
  ["an error without a message", () => withFields({ message: undefined }), { name: "Error", message: "undefined" }],
  ["a message that is no text", () => withFields({ message: { a: 1 } }), { name: "Error", message: "[object Object]" }],
  ["a name that JSON does not know", () => withFields({ name: 5n }), { name: "5", message: "x" }],
  ["a code that is a number", () => withFields({ code: 20 }), { name: "Error", message: "x" }],
  ["a text", () => "why", { message: "why" }],
  ["an object without a prototype", () => Object.create(null), undefined],
])("JSON of an error is made whatever its cause is: %s", (_kind, make, expected) => {
  const text = JSON.stringify(new StowageError("INTERNAL", "it failed", { cause: make() }));

  expect(JSON.parse(text).cause).toEqual(expected);
});

it("an error that is its own cause can be told as JSON", () => {
  const error = Object.assign(new StowageError("INTERNAL", "it failed"), {}) as StowageError & { cause: unknown };
  error.cause = error;

  expect(JSON.parse(JSON.stringify(error)).cause).toEqual({
    name: "StowageError",
    code: "INTERNAL",
    message: "it failed",
  });
});

function cyclic(): Error {
  const error = new Error("again");
  error.cause = error;
  return error;
}

function withFields(fields: object): Error {
  return Object.assign(new Error("x"), fields);
}
