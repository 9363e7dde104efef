import { GIB, PYTHON_PRICE, TOTAL } from "./sources.js";

const HGX = "NVIDIA Blackwell data sheet (2024), HGX B200";
const GB200 = "NVIDIA GB200 NVL72 data sheet (2024), a 72nd of the rack";
const GB300 = "NVIDIA GB300 NVL72 data sheet (2025), a 72nd of the rack";
const PRO = "NVIDIA RTX Blackwell PRO GPU architecture whitepaper (2025), RTX PRO 6000 Workstation Edition";

/** GPUs of the Blackwell generation. */
export const BLACKWELL = [
  {
    name: "b200-sxm",
    aliases: ["b200", "b200-180gb"],
    peak_bf16_flops: { value: 2250e12, source: `${HGX}: 4.5 PFLOPS with sparsity, halved` },
    peak_fp8_flops: { value: 4500e12, source: `${HGX}: 9 PFLOPS with sparsity, halved` },
    peak_fp4_flops: { value: 9000e12, source: `${HGX}: 18 PFLOPS with sparsity, halved` },
    memory_bytes: { value: 178.35 * GIB, source: `${TOTAL} (pytorch/ao pull request 4002); the sheet says 180 GB` },
    memory_bandwidth: {
      value: 7.7e12,
      source: "AIConfigurator; DGX B200 data sheet: up to 8 TB/s; 7.67 by bus width and clock",
    },
    link_bandwidth: { value: 900e9, source: `${HGX}: NVLink 1.8 TB/s both ways, halved` },
    interconnect: { value: "NVLink 5", source: HGX },
    tdp_w: { value: 1000, source: `${HGX}: up to 1,000 W` },
    cost_per_hr: { value: 8, source: PYTHON_PRICE },
    measured_as: { value: "b200-sxm", source: "measured itself" },
  },
  {
    name: "gb200",
    aliases: ["gb200-nvl72"],
    peak_bf16_flops: { value: 2500e12, source: `${GB200}: 360 PFLOPS with sparsity, halved` },
    peak_fp8_flops: { value: 5000e12, source: `${GB200}: 720 PFLOPS with sparsity, halved` },
    peak_fp4_flops: { value: 10000e12, source: `${GB200}: 1,440 PFLOPS with sparsity, halved` },
    memory_bytes: { value: 184.31 * GIB, source: `${TOTAL}, from memory; the sheet says 186 GB` },
    memory_bandwidth: { value: 8e12, source: `${GB200}: 576 TB/s` },
    link_bandwidth: { value: 900e9, source: `${GB200}: NVLink 130 TB/s both ways, halved` },
    interconnect: { value: "NVLink 5", source: GB200 },
    tdp_w: { value: 1200, source: "NVIDIA Blackwell data sheet (2024), GB200: up to 1,200 W a GPU" },
    cost_per_hr: { value: 10, source: PYTHON_PRICE },
    measured_as: { value: "b200-sxm", source: "borrowed: the same generation" },
  },
  {
    name: "gb300",
    aliases: ["gb300-nvl72"],
    peak_bf16_flops: { value: 2500e12, source: `${GB300}: 360 PFLOPS with sparsity, halved` },
    peak_fp8_flops: { value: 5000e12, source: `${GB300}: 720 PFLOPS with sparsity, halved` },
    peak_fp4_flops: { value: 15000e12, source: `${GB300}: 1,080 PFLOPS dense` },
    memory_bytes: { value: 276 * GIB, source: "assumption: the sheet's 279 GB less 1 %, as with the GB200" },
    memory_bandwidth: { value: 8e12, source: `${GB300}: 576 TB/s` },
    link_bandwidth: { value: 900e9, source: `${GB300}: NVLink 130 TB/s both ways, halved` },
    interconnect: { value: "NVLink 5", source: GB300 },
    tdp_w: { value: 1400, source: "NVIDIA, Inside Blackwell Ultra (2025): up to 1,400 W a GPU" },
    cost_per_hr: { value: 12, source: PYTHON_PRICE },
    measured_as: { value: "b200-sxm", source: "borrowed: the generation before" },
  },
  {
    name: "rtx-pro-6000",
    aliases: ["rtx-pro-6000-blackwell", "rtx-pro-6000-blackwell-workstation", "rtx-6000-pro"],
    peak_bf16_flops: { value: 503.8e12, source: `${PRO}: 503.8 TFLOPS dense` },
    peak_fp8_flops: { value: 1007.6e12, source: `${PRO}: 1,007.6 TFLOPS dense` },
    peak_fp4_flops: { value: 2015.2e12, source: `${PRO}: 2,015.2 TFLOPS dense` },
    memory_bytes: { value: 94.97 * GIB, source: `${TOTAL}; the whitepaper says 96 GB` },
    memory_bandwidth: { value: 1.792e12, source: `${PRO}: 1,792 GB/s` },
    link_bandwidth: { value: 64e9, source: `${PRO}: PCIe Gen5 x16, 128 GB/s both ways, halved` },
    interconnect: { value: "PCIe Gen5 x16", source: PRO },
    tdp_w: { value: 600, source: `${PRO}: 600 W` },
    cost_per_hr: { value: 1.8, source: "assumption: a guess at what clouds ask in 2025" },
    measured_as: { value: "l40s", source: "borrowed: the nearest board with GDDR memory on PCIe" },
  },
] as const;
