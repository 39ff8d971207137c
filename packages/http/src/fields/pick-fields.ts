import { type Modifier, parseModifier } from "./excerpt.ts";
import { splitOutsideParentheses } from "./split-outside-parentheses.ts";

/** The fields asked for, by their dotted path, each with what changes its value. */
type Fields = ReadonlyMap<string, Modifier | undefined>;
type Data = Readonly<Record<string, unknown>>;

/**
 * Reduces objects to the fields of an expression such as `key,size` or `*,key:excerpt(10,true)`, as PocketBase does; an
 * empty expression keeps all. Undefined for an expression with a modifier that is none.
 *
 * Source: `tools/picker` of PocketBase.
 */
export function pickFields(data: readonly object[], expression: string): readonly object[] | undefined {
  const fields = parseFields(expression);
  if (!fields || fields.size === 0) return fields && data;
  return data.map((item) => pickFrom(item as Data, fields));
}

function parseFields(expression: string): Fields | undefined {
  const fields = new Map<string, Modifier | undefined>();
  for (const part of splitOutsideParentheses(expression)) {
    const colon = part.indexOf(":");
    const modifier = colon === -1 ? undefined : parseModifier(part.slice(colon + 1));
    if (colon !== -1 && !modifier) return undefined;
    fields.set(colon === -1 ? part : part.slice(0, colon), modifier);
  }
  return fields;
}

function pickFrom(data: Data, fields: Fields): Data {
  const picked = Object.entries(data).flatMap(([name, value]) => {
    const below = fieldsBelow(name, fields);
    return below.size === 0 ? [] : [[name, pickValue(value, below)] as const];
  });
  return Object.fromEntries(picked);
}

/** What the expression says about one name: "" for the name itself, the rest of the path for what lies in it. */
function fieldsBelow(name: string, fields: Fields): Fields {
  const below = new Map<string, Modifier | undefined>();
  for (const [path, modifier] of fields) {
    if (path === name) below.set("", modifier);
    else if (path.startsWith(`${name}.`)) below.set(path.slice(name.length + 1), modifier);
  }
  if (below.size === 0 && fields.has("*")) below.set("", fields.get("*"));
  return below;
}

function pickValue(value: unknown, fields: Fields): unknown {
  const modify = fields.get("");
  if (fields.has("")) return modify ? modify(value) : value;
  if (Array.isArray(value)) return value.map((item) => pickValue(item, fields));
  return typeof value === "object" && value !== null ? pickFrom(value as Data, fields) : value;
}
