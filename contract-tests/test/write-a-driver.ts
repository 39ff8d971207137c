import { readFile } from "node:fs/promises";

const README = new URL("../README.md", import.meta.url);

/** The page `docs/write-a-driver.md`: the part of the README that a stranger follows, which CI follows word for word. */
export async function writeADriver(): Promise<string> {
  const readme = await readFile(README, "utf8");
  const [start, end] = [readme.indexOf("## Write a driver"), readme.indexOf("## Options of")];
  const guide = readme.slice(start, end).replace("## Write a driver", "# Write a driver");
  return `${guide.replace("members below", "members that the README names").trimEnd()}

## More

All options and members are in [contract-tests](../contract-tests/README.md), all promises in [the driver contract](driver-contract.md).
[A driver on a file](../examples/custom-driver) shows how the promises are kept where bytes can be torn.

This page is generated from that README. A test fails if it is out of date; it says how to write it anew.
`;
}
