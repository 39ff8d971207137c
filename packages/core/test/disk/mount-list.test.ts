import { expect, it } from "vitest";
import { parseMounts } from "../../src/disk/mount-list.ts";

it("a line of mountinfo is read with the octal escapes of its two paths decoded", () => {
  const lines = [
    "22 27 0:21 / /proc rw,relatime shared:5 - proc proc rw",
    "98 27 8:1 /s\\040ub /srv/a\\040b\\011c\\012d\\134e rw shared:1 master:2 - ext4 /dev/sda1 rw",
    "99 98 0:5 / /srv/größe rw - tmpfs none rw",
  ];

  expect(parseMounts(Buffer.from(`${lines.join("\n")}\n`))).toEqual([
    { id: "22", parentId: "27", device: "0:21", root: "/", point: "/proc" },
    { id: "98", parentId: "27", device: "8:1", root: "/s ub", point: "/srv/a b\tc\nd\\e" },
    { id: "99", parentId: "98", device: "0:5", root: "/", point: "/srv/größe" },
  ]);
});
