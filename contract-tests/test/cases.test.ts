import { expect, it } from "vitest";
import { cases as driverCases, portableCases } from "../src/cases.ts";

const cases = [...driverCases, ...portableCases];

it("ids are unique, and are a group and a name in kebab case", () => {
  const ids = cases.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => !/^[a-z-]+\/[a-z0-9-]+$/.test(id))).toEqual([]);
});

it("the titles of a group are unique sentences without a full stop", () => {
  const titles = cases.map(({ id, title }) => `${id.split("/")[0]}: ${title}`);
  expect(new Set(titles).size).toBe(titles.length);
  expect(titles.filter((title) => title.endsWith("."))).toEqual([]);
});
