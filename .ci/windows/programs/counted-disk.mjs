import { nodeDisk } from "@stowage/core/driver";

/** The real disk, without threads. `onCall` is told of each call of it, of its files and of its directories, and may throw. */
export function countedDisk(onCall) {
  return counted({ ...nodeDisk, threads: undefined }, onCall);
}

function counted(object, onCall) {
  return new Proxy(object, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? (...given) => called(target, { name, value, given }, onCall) : value;
    },
  });
}

/** What is to be closed is closed, also where that fails. */
async function called(target, { name, value, given }, onCall) {
  if (name !== "close") onCall(String(name), given);
  const result = await value.apply(target, given);
  if (name === "close") onCall("close", given);
  return /^(open|create)/.test(String(name)) ? counted(result, onCall) : result;
}
