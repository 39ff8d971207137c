/**
 * Makes the header that names a download (RFC 6266): the name as far as it is plain ASCII for old clients, and
 * percent-encoded (RFC 8187) if that is not all of it. Nothing in a key can end the header or the quoted string.
 */
export function contentDisposition(key: string): string {
  const plain = key.replaceAll(/[^\u0020-\u007e]|["\\%]/gu, "_");
  const named = `attachment; filename="${plain}"`;
  return plain === key ? named : `${named}; filename*=UTF-8''${encodeExtended(key)}`;
}

/** Encodes all but the `attr-char`s of RFC 8187. */
function encodeExtended(text: string): string {
  return encodeURIComponent(text).replaceAll(/['()*]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  });
}
