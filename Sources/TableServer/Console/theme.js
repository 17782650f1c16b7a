// The page's colours for what is drawn on canvases: style.css has them once, for dark and light.

const names = [
  "ground", "floor", "missing", "token", "token-text", "player", "monster", "turn", "healthy", "hurt", "dying", "selection", "ink",
  "faint", "line", "accent", "panel",
];

/** The present colours, by names as in JavaScript, and `kinds` by kind of event. */
export function readTheme(kinds) {
  const style = getComputedStyle(document.documentElement);
  const value = (name) => style.getPropertyValue(`--${name}`).trim();
  const theme = Object.fromEntries(names.map((name) => [name.replaceAll(/-(\w)/g, (_, letter) => letter.toUpperCase()), value(name)]));
  theme.kinds = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, value(`kind-${kind}`)]));
  return theme;
}

/** Calls `changed` when the person's choice of dark or light changes. */
export function onThemeChange(changed) {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
}
