// Keeps a canvas as fine as the screen that it is on.

/** A canvas with nothing on it, to be drawn on in the page's own units: its context and its size. */
export function blank(canvas) {
  const context = canvas.getContext("2d");
  const ratio = devicePixelRatio || 1;
  const [width, height] = [canvas.width / ratio, canvas.height / ratio];
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

/** Calls `changed()` whenever the canvas's size has changed; its pixels are then the screen's own. */
export function followSize(canvas, changed) {
  const observer = new ResizeObserver(() => {
    const ratio = devicePixelRatio || 1;
    const [width, height] = [Math.round(canvas.clientWidth * ratio), Math.round(canvas.clientHeight * ratio)];
    if (width === canvas.width && height === canvas.height) return;
    canvas.width = width;
    canvas.height = height;
    changed();
  });
  observer.observe(canvas);
}
