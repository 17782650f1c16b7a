// Downloads with progress.

import { detail } from "./uploads.js";

/**
 * Fetches a file whole; `progress(byteCount)` is told how much of it has come, as the server can't say how much there will be.
 *
 * Resolves to `{blob, name}`, the name as the server gives it; rejects with what the server says, and where the answer breaks off.
 */
export async function download(url, progress) {
  const response = await fetch(url).catch(() => {
    throw new Error("the server can't be reached");
  });
  if (!response.ok) throw new Error(detail({ status: response.status, responseText: await response.text() }));
  let byteCount = 0;
  const counting = new TransformStream({
    transform(piece, controller) {
      byteCount += piece.byteLength;
      progress(byteCount);
      controller.enqueue(piece);
    },
  });
  const blob = await new Response(response.body.pipeThrough(counting)).blob().catch(() => {
    throw new Error("it broke off; the server's log says why");
  });
  return { blob, name: fileName(response.headers.get("content-disposition") ?? "") };
}

/** The name in a Content-Disposition header (RFC 6266) as this server writes it; a plain one where there is none. */
export function fileName(disposition) {
  return disposition.match(/filename="([^"/\\]+)"/)?.[1] ?? "download";
}

/** Hands a file over to the browser, which puts it where downloads go. */
export function save({ blob, name }) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser has taken hold of it by the time that the next task runs.
  setTimeout(() => URL.revokeObjectURL(link.href), 0);
}
