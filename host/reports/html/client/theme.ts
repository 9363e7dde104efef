const root = document.documentElement;
const prefersDark = matchMedia("(prefers-color-scheme: dark)");
const listeners: (() => void)[] = [];

/** A colour of the style sheet by its variable, as it is now. */
export function colour(variable: string): string {
  return getComputedStyle(root).getPropertyValue(variable).trim();
}

/** Calls back whenever colours have changed. */
export function onThemeChange(listener: () => void): void {
  listeners.push(listener);
}

/** Follows the system until the reader chooses. */
export function setUpTheme(button: HTMLButtonElement): void {
  const isDark = () => (root.dataset["theme"] ?? (prefersDark.matches ? "dark" : "light")) === "dark";
  const changed = () => {
    button.textContent = isDark() ? "Light" : "Dark";
    button.setAttribute("aria-label", `Switch to the ${isDark() ? "light" : "dark"} theme`);
    for (const listener of listeners) listener();
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    root.dataset["theme"] = isDark() ? "light" : "dark";
    changed();
  });
  prefersDark.addEventListener("change", changed);
  changed();
  printLight(changed);
}

/** Paper is white: prints are made in the light theme. */
function printLight(changed: () => void): void {
  let chosen: string | undefined;
  addEventListener("beforeprint", () => {
    chosen = root.dataset["theme"];
    root.dataset["theme"] = "light";
    changed();
  });
  addEventListener("afterprint", () => {
    if (chosen === undefined) delete root.dataset["theme"];
    else root.dataset["theme"] = chosen;
    changed();
  });
}
