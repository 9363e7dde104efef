/** Whether this runs in Node (or what stands in for it), where there are files and its built-in modules. */
export function isNode(): boolean {
  return typeof process === "object" && typeof process.versions?.node === "string";
}
