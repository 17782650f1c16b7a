// Evenings: rows of events without a long pause.

/** The longest pause within a session, in milliseconds; the same as `spell-replay sessions` takes. */
export const longestPause = 2 * 60 * 60 * 1000;

/** `[{first, last, start, end}]`: indexes into `times` (ascending milliseconds), and the times there. */
export function sessionsOf(times, pause = longestPause) {
  const sessions = [];
  times.forEach((time, index) => {
    const open = sessions.at(-1);
    if (open && time - open.end <= pause) {
      open.last = index;
      open.end = time;
    } else {
      sessions.push({ first: index, last: index, start: time, end: time });
    }
  });
  return sessions;
}
