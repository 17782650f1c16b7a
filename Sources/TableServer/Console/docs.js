// The page about the HTTP routes, made of openapi.json.

import { byId, element, fill } from "./dom.js";
import { codeParts, groupsOf, resolved, typePieces } from "./openapi-text.js";

try {
  const answer = await fetch("openapi.json");
  if (!answer.ok) throw new Error(`openapi.json: ${answer.status}`);
  show(await answer.json());
} catch (error) {
  byId("about").textContent = `The description can't be read: ${error.message}`;
}

function show(document) {
  const groups = groupsOf(document);
  fill(byId("about"), element("strong", {}, `Version ${document.info.version}. `), prose(document.info.description));
  fill(byId("requests"), ...groups.map((group) => groupSection(document, group)), schemaSection(document));
  fill(byId("contents"), ...groups.flatMap(({ name, requests }) => [
    element("h4", {}, name),
    ...requests.map(({ method, path, operation }) => element("a", { href: `#${operation.operationId}` }, methodName(method), path)),
  ]));
  // The page was empty when the browser looked for the place.
  if (location.hash) byId(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
}

function groupSection(document, { name, description, requests }) {
  return element("section", {}, element("h2", {}, name), element("p", {}, prose(description)),
    ...requests.map((request) => requestCard(document, request)));
}

function requestCard(document, { method, path, operation }) {
  const { operationId, summary, description, parameters = [], requestBody, responses } = operation;
  return element("article", { class: "card request", id: operationId },
    element("h3", {}, methodName(method), element("code", {}, path), element("span", { class: "summary" }, prose(summary))),
    description && element("p", {}, prose(description)),
    parameters.length > 0 && element("h4", {}, "Parameters"),
    parameters.length > 0 && element("dl", {}, ...parameters.flatMap(parameterRow)),
    requestBody && element("h4", {}, requestBody.required ? "Body" : "Body, if there is one"),
    requestBody && contents(requestBody.content),
    element("h4", {}, "Answers"),
    element("dl", {}, ...Object.entries(responses).flatMap(([status, response]) => responseRow(status, resolved(document, response)))));
}

function parameterRow({ name, in: place, required, description, schema }) {
  const where = { path: "in the path", query: "in the query", header: "a header" }[place];
  return [
    element("dt", {}, element("code", {}, name)),
    element("dd", {}, `${where}${required || place === "path" ? "" : ", optional"}: `, type(schema), ". ", prose(description ?? "")),
  ];
}

function responseRow(status, { description, content }) {
  return [
    element("dt", {}, status === "default" ? "otherwise" : status),
    element("dd", {}, prose(description), content && contents(content)),
  ];
}

function contents(content) {
  return element("div", {}, ...Object.entries(content).map(([media, { schema }]) =>
    element("pre", {}, `${media}${schema ? "  " : ""}`, schema && type(schema))));
}

function schemaSection(document) {
  const cards = Object.entries(document.components.schemas).map(([name, schema]) =>
    element("article", { class: "card", id: `schema-${name}` }, element("h3", {}, element("code", {}, name)),
      schema.description && element("p", {}, prose(schema.description)), element("pre", {}, type(schema))));
  return element("section", {}, element("h2", {}, "Schemas"), ...cards);
}

function type(schema) {
  return element("code", {}, ...typePieces(schema).map((piece) =>
    typeof piece === "string" ? piece : element("a", { href: `#schema-${piece.schema}` }, piece.schema)));
}

function prose(text) {
  return element("span", {}, ...codeParts(text).map((part, at) => (at % 2 === 1 ? element("code", {}, part) : part)));
}

function methodName(method) {
  return element("span", { class: "method", "data-method": method }, method.toUpperCase());
}
