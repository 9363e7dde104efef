import { GIB } from "./sources.js";

const MI300X = "AMD Instinct MI300X data sheet (2023)";
const MI325X = "AMD Instinct MI325X data sheet (2024)";
const B60 = "Intel Arc Pro B60 product brief (2025)";
const FABRIC = "seven Infinity Fabric links of 128 GB/s both ways, halved";
const NOT_MEASURED = "borrowed: no kernel of ROCm was measured, and they differ more than those of two NVIDIA GPUs do";

/** GPUs of AMD and Intel. Their kernels are borrowed: the times are a guess until their efficiencies are given. */
export const AMD_AND_INTEL = [
  {
    name: "mi300x",
    aliases: ["mi-300x", "instinct-mi300x"],
    peak_bf16_flops: { value: 1307.4e12, source: `${MI300X}: 1,307.4 TFLOPS dense` },
    peak_fp8_flops: { value: 2614.9e12, source: `${MI300X}: 2,614.9 TFLOPS dense` },
    memory_bytes: {
      value: 201_310_208 * 1024,
      source: "rocminfo: 201,310,208 KB (github.com/ROCm/vllm issue 397); the sheet says 192 GB",
    },
    memory_bandwidth: { value: 5.3e12, source: `${MI300X}: 5.3 TB/s` },
    link_bandwidth: { value: 448e9, source: `${MI300X}: ${FABRIC}` },
    interconnect: { value: "Infinity Fabric", source: MI300X },
    tdp_w: { value: 750, source: `${MI300X}: 750 W` },
    cost_per_hr: { value: 2.99, source: "assumption: what clouds ask in 2025, from memory" },
    measured_as: { value: "h200-sxm", source: NOT_MEASURED },
  },
  {
    name: "mi325x",
    aliases: ["mi-325x", "instinct-mi325x"],
    peak_bf16_flops: { value: 1307.4e12, source: `${MI325X}: 1,307.4 TFLOPS dense` },
    peak_fp8_flops: { value: 2614.9e12, source: `${MI325X}: 2,614.9 TFLOPS dense` },
    memory_bytes: { value: 255.98 * GIB, source: "assumption: the sheet's 256 GB less what the MI300X lacks" },
    memory_bandwidth: { value: 6e12, source: `${MI325X}: 6 TB/s` },
    link_bandwidth: { value: 448e9, source: `${MI325X}: ${FABRIC}` },
    interconnect: { value: "Infinity Fabric", source: MI325X },
    tdp_w: { value: 1000, source: `${MI325X}: 1,000 W` },
    cost_per_hr: { value: 3.5, source: "assumption: what clouds ask in 2025, from memory" },
    measured_as: { value: "h200-sxm", source: NOT_MEASURED },
  },
  {
    name: "b60",
    aliases: ["arc-pro-b60", "intel-arc-pro-b60"],
    peak_bf16_flops: { value: 98.3e12, source: "AIConfigurator, b60.yaml: 98.3 TFLOPS, half of the 197 TOPS of int8" },
    memory_bytes: { value: 22.7 * GIB, source: "assumption: the 24 GB of the brief less 5 % that the driver keeps" },
    memory_bandwidth: { value: 456e9, source: `${B60}: 456 GB/s` },
    link_bandwidth: { value: 32e9, source: `${B60}: PCIe Gen5 x8, 64 GB/s both ways, halved` },
    interconnect: { value: "PCIe Gen5 x8", source: B60 },
    tdp_w: { value: 200, source: `${B60}: 120 to 200 W` },
    cost_per_hr: { value: 1, source: "assumption: hardware catalog of the Python vllm-sr-sim 0.1.0" },
    measured_as: {
      value: "l40s",
      source: "borrowed: the nearest board with GDDR memory on PCIe; no kernel of Intel was measured",
    },
  },
] as const;
