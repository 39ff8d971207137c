import { incompleteReply } from "../s3-error.ts";

/** Decodes a key of a list with `EncodingType: "url"`. S3 encodes keys like a form: a space is "+". */
export function decodeKey(encoded: string): string {
  if (!/[%+]/.test(encoded)) return encoded;
  try {
    return decodeURIComponent(encoded.replaceAll("+", "%20"));
  } catch {
    throw incompleteReply("a key that can be decoded");
  }
}
