// Waiting for a table to come to something, by its own events.

/** Resolves when `condition(table)` holds; looked at after each of the table's events. */
export function until(table, condition) {
  return new Promise((resolve) => {
    const ends = ["change", "state", "verified", "unsaved", "problem", "effect"].map((name) => table.on(name, look));
    function look() {
      if (!condition(table)) return;
      for (const end of ends) end();
      resolve();
    }
    look();
  });
}

/** The next event of that name. */
export function next(table, name) {
  return new Promise((resolve) => {
    const end = table.on(name, (event) => {
      end();
      resolve(event);
    });
  });
}
