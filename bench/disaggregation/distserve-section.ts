import { LINKS as CATALOG } from "../../host/specs/link-catalog.js";
import { table } from "../validation/markdown.js";
import { millis, tenths } from "./formats.js";

/** Models of DistServe: bytes of a token in fp16, all layers (2 x layers x hidden size x 2), and the mean prompt of ShareGPT in its evaluation. */
const MODELS = [
  { name: "OPT-13B", tokenBytes: 819_200 },
  { name: "OPT-66B", tokenBytes: 2_359_296 },
  { name: "OPT-175B", tokenBytes: 4_718_592 },
];
const PROMPT = 512;
const RATE_RPS = 10;
const NAMES = ["nvlink3", "dgx-a100", "ib-hdr", "25gbe"];

/** DistServe's reckoning of its links. */
export function distServeSection(): string {
  const links = NAMES.map((name) => CATALOG.find((link) => link.name === name)!);
  const rows = MODELS.map(({ name, tokenBytes }) => {
    const bytes = PROMPT * tokenBytes;
    return [
      name,
      (bytes / 1e9).toFixed(2),
      tenths((8 * RATE_RPS * bytes) / 1e9),
      ...links.map(({ bytesPerS }) => `${millis((1000 * bytes) / bytesPerS)} (${tenths(bytesPerS / bytes)})`),
    ];
  });
  return [
    "### DistServe: what its links carry",
    `Keys and values of ${PROMPT} prompt tokens, the bandwidth that ${RATE_RPS} such requests a second need, and how long one crosses each link at its full bandwidth, one GPU or NIC, ms (in brackets: requests/s that fill it).`,
    table(["model", "GB", "Gbit/s", ...NAMES], rows),
    "- The paper (Zhong et al., OSDI 2024) has 1.13 GB for OPT-66B, which is GiB, and about 90 Gbit/s; it finds transfers of OPT-175B below 0.1 % of the latency and 95 % of them below 30 ms, over NVLink inside a server. Over its 25 Gbit/s between servers the same model could not: hence its placement of both phases in one server.",
  ].join("\n\n");
}
