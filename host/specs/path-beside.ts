/**
 * A path as written in a file, resolved against the folder of that file; an absolute path is left alone. `/` and `\` both count as
 * separators, so that the same code serves Node on any system and the browser.
 *
 * The Python tool resolves such paths against the working directory instead.
 */
export function pathBeside(fileName: string, path: string): string {
  if (/^([/\\]|[A-Za-z]:[/\\]|[a-z][a-z0-9+.-]+:\/\/)/.test(path)) return path;
  const end = Math.max(fileName.lastIndexOf("/"), fileName.lastIndexOf("\\"));
  return end < 0 ? path : fileName.slice(0, end + 1) + path;
}
