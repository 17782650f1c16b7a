// Where times stand on the timeline: sessions one after the other, without the days between them. Pure.

const gapPixels = 14;
const leastPixels = 36;

/**
 * `times` are the events' (ascending milliseconds), `sessions` theirs (sessions.js), `width` is in pixels.
 *
 * Each session is as wide as it was long, but for a least width, so that a short one can be hit.
 */
export class TimelineScale {
  /** `{first, last, start, end, left, width}` of each session, left to right. */
  spans;
  #times;

  constructor(times, sessions, width) {
    this.#times = times;
    const room = Math.max(0, width - gapPixels * Math.max(0, sessions.length - 1));
    const widths = sharedOut(sessions.map(({ start, end }) => Math.max(1000, end - start)), room);
    let left = 0;
    this.spans = sessions.map((session, index) => {
      const span = { ...session, left, width: widths[index] };
      left += span.width + gapPixels;
      return span;
    });
  }

  /** The pixel of the event at an index. */
  xOf(index) {
    const span = this.spans.find(({ last }) => index <= last);
    return span ? span.left + this.#share(span, this.#times[index]) * span.width : 0;
  }

  /** The index of the newest event at or left of a pixel; -1 left of all. */
  indexAt(x) {
    const span = this.spans.findLast(({ left }) => left <= x);
    if (!span) return -1;
    const time = span.start + (Math.min(1, (x - span.left) / span.width) * (span.end - span.start));
    let [low, high] = [span.first, span.last + 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#times[middle] <= time) low = middle + 1;
      else high = middle;
    }
    // The right end of a session is its last event, also where all of it was at one time.
    return x >= span.left + span.width ? span.last : low - 1;
  }

  #share({ start, end }, time) {
    return end > start ? (time - start) / (end - start) : 1;
  }
}

/** How many pixels each of these lengths gets of the room, in proportion, but none less than the least. */
function sharedOut(lengths, room) {
  const least = Math.min(leastPixels, lengths.length > 0 ? room / lengths.length : 0);
  let free = lengths.map((_, index) => index);
  const widths = lengths.map(() => least);
  for (;;) {
    const left = room - least * (lengths.length - free.length);
    const total = free.reduce((sum, index) => sum + lengths[index], 0);
    const tooShort = free.filter((index) => (lengths[index] / total) * left < least);
    if (tooShort.length === 0) {
      for (const index of free) widths[index] = (lengths[index] / total) * left;
      return widths;
    }
    free = free.filter((index) => !tooShort.includes(index));
  }
}
