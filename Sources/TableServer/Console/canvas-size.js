// Keeps a canvas as fine as the screen that it is on.

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
