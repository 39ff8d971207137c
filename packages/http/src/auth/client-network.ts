import { isIPv6 } from "node:net";

/** Returns what counts as one client: an IPv4 address, or the /64 of an IPv6 address, of which a client has all addresses. */
export function clientNetwork(address: string): string {
  if (!isIPv6(address)) return address;
  const groups = groupsOf(address);
  return mappedAddress(groups) ?? `${groups.slice(0, 4).join(":")}::/64`;
}

/** Returns the eight groups of an IPv6 address, in hexadecimal without leading zeros. */
function groupsOf(address: string): string[] {
  const [withoutZone = ""] = address.split("%");
  const [head = "", tail] = new URL(`http://[${withoutZone}]`).hostname.slice(1, -1).split("::");
  const before = head.split(":").filter(Boolean);
  const after = (tail ?? "").split(":").filter(Boolean);
  return [...before, ...Array<string>(8 - before.length - after.length).fill("0"), ...after];
}

/** Returns the IPv4 address in `::ffff:192.0.2.1` (RFC 4291, section 2.5.5.2), by which a dual-stack socket calls its clients. */
function mappedAddress(groups: readonly string[]): string | undefined {
  const [high = "0", low = "0"] = groups.slice(6);
  if (groups.slice(0, 6).join(":") !== "0:0:0:0:0:ffff") return undefined;
  return [high, low].flatMap(bytesOf).join(".");
}

function bytesOf(group: string): number[] {
  const value = Number.parseInt(group, 16);
  return [value >> 8, value & 0xff];
}
