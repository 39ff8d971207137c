/**
 * Keeps the fields that a `fields` parameter names, such as `kind,items(name,size)`
 * (https://cloud.google.com/storage/docs/json_api#partial-response). Slashes and wildcards are not understood.
 */
export function selectFields(resource: object, fields: string | null): object {
  if (fields === null) return resource;
  const selected: Record<string, unknown> = {};
  for (const [name, inner] of parseFields(fields)) {
    const value = (resource as Record<string, unknown>)[name];
    if (value !== undefined) selected[name] = inner === undefined ? value : selectInside(value, inner);
  }
  return selected;
}

function selectInside(value: unknown, fields: string): unknown {
  if (Array.isArray(value)) return value.map((item) => selectInside(item, fields));
  return typeof value === "object" && value !== null ? selectFields(value, fields) : value;
}

function parseFields(fields: string): [name: string, inner: string | undefined][] {
  return [...fields.matchAll(/(\w+)(?:\(([^()]*)\))?/g)].map(([, name = "", inner]) => [name, inner]);
}
