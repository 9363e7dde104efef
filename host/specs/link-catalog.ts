import { nameIndex, plainName } from "./catalog-names.js";

/** A way from one replica to another: what one NIC or GPU of it carries, and where that figure comes from. */
export interface LinkEntry {
  name: string;
  /** Other names that it goes by. */
  aliases: readonly string[];
  /** What one of it carries in one direction, bytes/s: the figure of its standard or data sheet. */
  bytesPerS: number;
  /** What has one of it: every GPU, or a server whatever the number of its GPUs. */
  per: "gpu" | "server";
  source: string;
}

const GB = 1e9;
const IBTA = "InfiniBand Trade Association, InfiniBand roadmap, 4 lanes";
const ONE_FOR_EACH = "one NIC for each GPU, as in DGX servers";

/** What carries keys and values; figures in GB/s are decimal, as those of sheets. */
const ENTRIES = [
  {
    name: "nvlink3",
    aliases: ["nvlink-3", "nvlink-a100"],
    bytesPerS: 300 * GB,
    per: "gpu",
    source: "NVIDIA A100 Tensor Core GPU data sheet (2021): 600 GB/s both ways, halved",
  },
  {
    name: "nvlink4",
    aliases: ["nvlink-4", "nvlink-h100"],
    bytesPerS: 450 * GB,
    per: "gpu",
    source: "NVIDIA H100 Tensor Core GPU data sheet (2023), H100 SXM: 900 GB/s both ways, halved",
  },
  {
    name: "nvlink5",
    aliases: ["nvlink-5", "nvlink-b200"],
    bytesPerS: 900 * GB,
    per: "gpu",
    source: "NVIDIA DGX B200 data sheet (2024): 14.4 TB/s for 8 GPUs both ways, 900 GB/s for one, one way",
  },
  {
    name: "ib-hdr",
    aliases: ["hdr", "infiniband-hdr"],
    bytesPerS: 25 * GB,
    per: "gpu",
    source: `${IBTA}: HDR, 200 Gbit/s; ${ONE_FOR_EACH}`,
  },
  {
    name: "ib-ndr",
    aliases: ["ndr", "infiniband-ndr"],
    bytesPerS: 50 * GB,
    per: "gpu",
    source: `${IBTA}: NDR, 400 Gbit/s; ${ONE_FOR_EACH}`,
  },
  {
    name: "ib-xdr",
    aliases: ["xdr", "infiniband-xdr"],
    bytesPerS: 100 * GB,
    per: "gpu",
    source: `${IBTA}: XDR, 800 Gbit/s; ${ONE_FOR_EACH}`,
  },
  {
    name: "dgx-a100",
    aliases: ["8xhdr"],
    bytesPerS: 200 * GB,
    per: "server",
    source:
      "NVIDIA DGX A100 data sheet (2020): 8 single-port ConnectX-6 of 200 Gbit/s HDR InfiniBand for the compute fabric",
  },
  {
    name: "dgx-h100",
    aliases: ["8xndr"],
    bytesPerS: 400 * GB,
    per: "server",
    source: "NVIDIA DGX H100 user guide, section 1.2.3: 8 ConnectX-7 of 400 Gbit/s NDR InfiniBand, one for each GPU",
  },
  {
    name: "pcie4",
    aliases: ["pcie-4", "pcie4-x16", "pcie-gen4-x16"],
    bytesPerS: 32 * GB,
    per: "gpu",
    source: "NVIDIA A100 Tensor Core GPU data sheet (2021), A100 80GB PCIe: Gen4 x16, 64 GB/s both ways, halved",
  },
  {
    name: "pcie5",
    aliases: ["pcie-5", "pcie5-x16", "pcie-gen5-x16"],
    bytesPerS: 64 * GB,
    per: "gpu",
    source: "NVIDIA H100 Tensor Core GPU data sheet (2022), H100 PCIe: Gen5 x16, 128 GB/s both ways, halved",
  },
  {
    name: "25gbe",
    aliases: ["25g", "25ge", "25-gbe"],
    bytesPerS: 3.125 * GB,
    per: "server",
    source: "IEEE 802.3by-2016: 25 Gbit/s; between the servers of DistServe (Zhong et al., OSDI 2024, section 6.1)",
  },
  {
    name: "100gbe",
    aliases: ["100g", "100ge", "100-gbe"],
    bytesPerS: 12.5 * GB,
    per: "server",
    source: "IEEE 802.3ba-2010: 100 Gbit/s",
  },
  {
    name: "200gbe",
    aliases: ["200g", "200ge", "200-gbe", "roce-200"],
    bytesPerS: 25 * GB,
    per: "server",
    source: "IEEE 802.3bs-2017: 200 Gbit/s, as RoCE NICs have it",
  },
  {
    name: "400gbe",
    aliases: ["400g", "400ge", "400-gbe", "roce-400"],
    bytesPerS: 50 * GB,
    per: "server",
    source: "IEEE 802.3bs-2017: 400 Gbit/s, as RoCE NICs have it",
  },
] as const satisfies readonly LinkEntry[];

/** A link whose facts are known. */
export type LinkName = (typeof ENTRIES)[number]["name"];

/** Links whose facts are known, as fleet files name them. */
export const LINK_NAMES = ENTRIES.map(({ name }) => name) as [LinkName, ...LinkName[]];

/** Every link of the catalog, in the order in which commands list them. */
export const LINKS: readonly LinkEntry[] = ENTRIES;

const INDEX = nameIndex<LinkEntry>(ENTRIES);

/** The link of this name or alias, in any case, "-", "_" and blanks alike; `undefined`: none. */
export function findLink(name: string): LinkEntry | undefined {
  return INDEX.get(plainName(name));
}
