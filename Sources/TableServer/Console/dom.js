// Making elements. Text is always set as text, never parsed as HTML, so no name that somebody gave can become markup.

/**
 * A new element. `properties` are attributes (`class`, `aria-…`, `data-…`; true is an empty one, false, null and undefined none)
 * and handlers (`onclick`); `children` are nodes and texts, and null or false for none.
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) {
      made.addEventListener(name.slice(2), value);
    } else if (value !== false && value !== null && value !== undefined) {
      made.setAttribute(name, value === true ? "" : value);
    }
  }
  made.append(...present(children));
  return made;
}

/** Puts other children into an element. */
export function fill(parent, ...children) {
  parent.replaceChildren(...present(children));
  return parent;
}

/** The element with an id, which the page has. */
export function byId(id) {
  return document.getElementById(id);
}

/** A button with a text. */
export function button(text, onclick, properties = {}) {
  return element("button", { type: "button", onclick, ...properties }, text);
}

/** A choice of one out of `[value, text]` pairs. */
export function options(select, pairs, value = select.value) {
  fill(select, ...pairs.map(([key, text]) => element("option", { value: key }, text)));
  if (pairs.some(([key]) => String(key) === value)) select.value = value;
}

/**
 * Calls `draw` before the next frame, however often it is asked for until then.
 *
 * In a page that nobody looks at there are no frames, and nothing need be drawn.
 */
export function drawnOncePerFrame(draw) {
  let isWaiting = false;
  return () => {
    if (isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(() => {
      isWaiting = false;
      draw();
    });
  };
}

function present(children) {
  return children.flat().filter((child) => child !== null && child !== undefined && child !== false);
}
