// An OpenAPI document as texts for people: pure.

const methods = ["get", "head", "post", "put", "patch", "delete"];

/** The requests by their tags, in the tags' order: `[{name, description, requests: [{method, path, operation}]}]`. */
export function groupsOf(document) {
  const requests = Object.entries(document.paths).flatMap(([path, item]) =>
    methods.filter((method) => method in item).map((method) => ({ method, path, operation: item[method] })));
  return document.tags.map(({ name, description }) => ({ name, description, requests: requests.filter(({ operation }) => operation.tags.includes(name)) }));
}

/** What a `$ref` leads to; anything else is itself. */
export function resolved(document, value) {
  if (!("$ref" in value)) return value;
  return value.$ref.split("/").slice(1).reduce((at, name) => at[name], document);
}

/** The name of a schema that a `$ref` names, or null. */
export function schemaName(schema) {
  return /^#\/components\/schemas\/(.+)$/.exec(schema.$ref ?? "")?.[1] ?? null;
}

/**
 * A schema as a kind of type, in pieces: texts, and `{schema: name}` for another one.
 *
 * `{` name: string, folder?: string | null `}`, `Scene[]`, `"loop" | "oneshot"`.
 */
export function typePieces(schema, indent = "") {
  const name = schemaName(schema);
  if (name) return [{ schema: name }];
  if ("const" in schema) return [JSON.stringify(schema.const)];
  if (schema.enum) return [schema.enum.map((value) => JSON.stringify(value)).join(" | ")];
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return between(choices.map((choice) => typePieces(choice, indent)), " | ");
  if (schema.type === undefined) return ["anything"];
  return between([schema.type].flat().map((type) => typed(schema, type, indent)), " | ");
}

function typed(schema, type, indent) {
  switch (type) {
    case "array": return ["list of ", ...typePieces(schema.items ?? {}, indent)];
    case "object": return objectPieces(schema, indent);
    case "string": return [schema.contentMediaType === "application/octet-stream" ? "file" : { "date-time": "time" }[schema.format] ?? "string"];
    default: return [type];
  }
}

function objectPieces(schema, indent) {
  const properties = Object.entries(schema.properties ?? {});
  if (properties.length === 0) {
    const values = schema.additionalProperties;
    return values && values !== true ? ["{ any name: ", ...typePieces(values, indent), " }"] : ["object"];
  }
  const inner = `${indent}  `;
  const lines = properties.flatMap(([name, value]) => [
    `${inner}${name}${schema.required?.includes(name) ? "" : "?"}: `, ...typePieces(value, inner), value.description ? `   — ${value.description}\n` : "\n",
  ]);
  return ["{\n", ...lines, `${indent}}`];
}

function between(pieces, separator) {
  return pieces.flatMap((piece, at) => (at > 0 ? [separator, ...piece] : piece));
}

/** A description's texts and, at odd places, what stands between backticks. */
export function codeParts(text) {
  return text.split("`");
}
