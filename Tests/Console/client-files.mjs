// Lets Node find the client library where the server hands it out: as `client/` beside the console's modules.
//
//     node --import ./Tests/Console/client-files.mjs --test …

import { register } from "node:module";

const hooks = `export function resolve(specifier, context, next) {
  const inRepository = specifier.startsWith("./client/") && context.parentURL?.includes("/TableServer/Console/");
  return next(inRepository ? new URL("../../../Tools/client/" + specifier.slice(9), context.parentURL).href : specifier, context);
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
