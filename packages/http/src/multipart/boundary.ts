/** `multipart/form-data` and its one parameter. The boundary is a token or quoted, 1–70 of the characters of RFC 2046, 5.1.1. */
const FORM_DATA =
  /^multipart\/form-data[ \t]*;[ \t]*boundary=(?:"([\w'()+,./:=? -]{0,69}[\w'()+,./:=?-])"|([\w'+.-]{1,70}))[ \t]*$/i;

/** Reads the boundary of a multipart form. Undefined for any other content type, and without a boundary that is allowed. */
export function boundaryOf(contentType: string | null): string | undefined {
  const [, quoted, plain] = FORM_DATA.exec(contentType ?? "") ?? [];
  return quoted ?? plain;
}
