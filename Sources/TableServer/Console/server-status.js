// What /status says, as sentences and rows: pure.

import { bytesText, countText, numberText, spanText } from "./texts.js";

const kinds = { plain: "web client", events: "event client", stream: "event stream" };

/** The clients as rows of texts, those that are furthest behind first. */
export function clientRows(status) {
  return [...status.clients]
    .sort((a, b) => b.eventsBehind - a.eventsBehind || b.unsentBytes - a.unsentBytes || a.since.localeCompare(b.since))
    .map((client) => ({
      kind: kinds[client.kind] ?? client.kind,
      address: client.address,
      actor: client.actor,
      since: spanText(age(status, client.since)),
      behind: behindText(client),
      unsent: bytesText(client.unsentBytes),
      isBehind: client.eventsBehind > 0,
    }));
}

/** Names and texts of what is the case. */
export function statusFacts(status) {
  return [
    ["Version", status.version],
    ["Running for", spanText(status.uptimeSeconds)],
    ["Takes changes", status.status === "ready" ? "yes" : `no (${status.status}): ${status.reason}`],
    ["Newest event", numberText(status.journal.offset)],
    ["Journal", journalText(status.journal)],
    ["Document", bytesText(status.document.bytes)],
    ["Last snapshot", snapshotText(status)],
    ["Last verification", verificationText(status)],
    ["Backups", backupText(status)],
    ["Journal's id", status.journal.id],
  ];
}

function behindText({ live, eventsBehind }) {
  const count = countText(eventsBehind, "event");
  if (!live) return `catching up, ${count} behind`;
  return eventsBehind === 0 ? "up to date" : `${count} behind`;
}

function journalText({ bytes, segments, grownBytes }) {
  if (bytes === null) return "can't be read";
  const grown = grownBytes === null ? "" : `, ${grownBytes < 0 ? "−" : "+"}${bytesText(Math.abs(grownBytes))} since the server's start`;
  return `${bytesText(bytes)} in ${countText(segments, "segment")}${grown}`;
}

function snapshotText(status) {
  const { snapshot } = status;
  if (snapshot === null) return "none yet";
  return `after event ${numberText(snapshot.offset)}, ${bytesText(snapshot.bytes)}, ${ago(status, snapshot.time)}`;
}

function verificationText(status) {
  const { verification } = status;
  if (verification === null) return "none since the server's start; there is one an hour";
  const { offset, time, result, reason } = verification;
  const snapshot = `the snapshot after event ${numberText(offset)}`;
  const texts = {
    agrees: `${snapshot} agrees with the events`,
    wrong: `${snapshot} was WRONG (${reason}); it was set aside and made anew`,
    failed: `could not be done: ${reason}`,
  };
  return `${texts[result] ?? result}, ${ago(status, time)}`;
}

function backupText(status) {
  const { backup } = status;
  if (!backup) return "none are scheduled (--backup-to)";
  const { last, failure, everySeconds, keep, folder } = backup;
  const missing = last?.missingBlobs ? `, WITHOUT ${countText(last.missingBlobs, "file")} that are not on the disk` : "";
  const done = last === null ? "none yet" : `${ago(status, last.time)}, verified: ${last.file}, up to event ${numberText(last.offset)}, ${bytesText(last.bytes)}${missing}`;
  const failed = failure === null ? "" : `. FAILED ${ago(status, failure.time)}: ${failure.reason}`;
  return `${done}${failed}. Every ${spanText(everySeconds)}, the newest ${numberText(keep)} are kept in ${folder}`;
}

/** Seconds between a time and the server's present; its clock may be another than ours. */
function age(status, time) {
  return Math.max(0, (Date.parse(status.time) - Date.parse(time)) / 1000);
}

function ago(status, time) {
  return `${spanText(age(status, time))} ago`;
}
