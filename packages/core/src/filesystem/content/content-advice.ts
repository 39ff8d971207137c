/** What to give in place of something that is no content, to follow a message; empty if nobody knows. */
export function contentAdvice(given: unknown): string {
  if (typeof given === "string") return "; of the text of a path give createReadStream(path)";
  if (given instanceof Promise) return "; it is a promise: await it";
  if (given instanceof Blob) return "; of a Blob or File give blob.stream()";
  if (given instanceof ArrayBuffer) return "; of an ArrayBuffer give new Uint8Array(buffer)";
  const { body } = (given ?? {}) as { body?: unknown };
  return body instanceof ReadableStream ? "; of a Request or Response give its body" : "";
}
