/**
 * Makes the header `Content-Disposition` of a download (RFC 6266): the name as far as it is plain ASCII for old clients, and
 * percent-encoded (RFC 8187) if that is not all of it. Nothing in a name can end the header or the quoted string.
 */
export function attachment(filename: string): string {
  const plain = filename.replaceAll(/[^\u0020-\u007e]|["\\%]/gu, "_");
  const named = `attachment; filename="${plain}"`;
  return plain === filename ? named : `${named}; filename*=UTF-8''${encodeExtended(filename)}`;
}

/** Encodes all but the `attr-char`s of RFC 8187, which are fewer than `encodeURIComponent` leaves. */
function encodeExtended(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(/['()*]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  });
}
