import { expect, it } from "vitest";
import { pathBeside } from "../../host/specs/path-beside.js";

it.each([
  ["fleets/a.json", "cdf/x.json", "fleets/cdf/x.json"],
  ["a.json", "x.json", "x.json"],
  ["/srv/a.json", "../x.json", "/srv/../x.json"],
  ["fleets\\a.json", "x.json", "fleets\\x.json"],
  ["fleets/a.json", "/data/x.json", "/data/x.json"],
  ["fleets/a.json", "C:\\data\\x.json", "C:\\data\\x.json"],
  ["", "x.json", "x.json"],
])("beside %j, %j is %j", (file, path, expected) => {
  expect(pathBeside(file, path)).toBe(expected);
});
