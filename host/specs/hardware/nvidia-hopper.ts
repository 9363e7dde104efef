import { GIB, PYTHON_PRICE, TOTAL } from "./sources.js";

const H100 = "NVIDIA H100 Tensor Core GPU data sheet (2023)";
const H100_FIRST = "NVIDIA H100 Tensor Core GPU data sheet (2022)";
const H200 = "NVIDIA H200 Tensor Core GPU data sheet (2023)";

/** GPUs of the Hopper generation. */
export const HOPPER = [
  {
    name: "h100-sxm",
    aliases: ["h100", "h100-sxm5", "h100-80gb", "h100-sxm-80gb", "h100-80gb-hbm3"],
    peak_bf16_flops: { value: 989.5e12, source: `${H100}, H100 SXM: 1,979 TFLOPS with sparsity, halved` },
    peak_fp8_flops: { value: 1979e12, source: `${H100}, H100 SXM: 3,958 TFLOPS with sparsity, halved` },
    memory_bytes: { value: 79.18 * GIB, source: `${TOTAL}; the sheet says 80 GB` },
    memory_bandwidth: { value: 3.35e12, source: `${H100}, H100 SXM: 3.35 TB/s` },
    link_bandwidth: { value: 450e9, source: `${H100}, H100 SXM: NVLink 900 GB/s both ways, halved` },
    interconnect: { value: "NVLink 4", source: `${H100}, H100 SXM` },
    tdp_w: { value: 700, source: `${H100}, H100 SXM: up to 700 W` },
    cost_per_hr: { value: 4.02, source: PYTHON_PRICE },
    measured_as: { value: "h100-sxm", source: "measured itself" },
  },
  {
    name: "h100-pcie",
    aliases: ["h100-pcie-80gb"],
    peak_bf16_flops: { value: 756.5e12, source: `${H100_FIRST}, H100 PCIe: 1,513 TFLOPS with sparsity, halved` },
    peak_fp8_flops: { value: 1513e12, source: `${H100_FIRST}, H100 PCIe: 3,026 TFLOPS with sparsity, halved` },
    memory_bytes: { value: 79.18 * GIB, source: `${TOTAL}; the sheet says 80 GB` },
    memory_bandwidth: { value: 2e12, source: `${H100_FIRST}, H100 PCIe: 2 TB/s` },
    link_bandwidth: { value: 64e9, source: `${H100_FIRST}, H100 PCIe: PCIe Gen5 128 GB/s both ways, halved` },
    interconnect: { value: "PCIe Gen5 x16", source: `${H100_FIRST}, H100 PCIe` },
    tdp_w: { value: 350, source: `${H100_FIRST}, H100 PCIe: 300 to 350 W` },
    cost_per_hr: { value: 2.49, source: "Lambda on demand, 2024, from memory" },
    measured_as: { value: "h100-sxm", source: "borrowed: the same generation" },
  },
  {
    name: "h100-nvl",
    aliases: ["h100-nvl-94gb"],
    peak_bf16_flops: { value: 835.5e12, source: `${H100}, H100 NVL: 1,671 TFLOPS with sparsity, halved` },
    peak_fp8_flops: { value: 1670.5e12, source: `${H100}, H100 NVL: 3,341 TFLOPS with sparsity, halved` },
    memory_bytes: { value: 93.11 * GIB, source: `${TOTAL}, from memory; the sheet says 94 GB` },
    memory_bandwidth: { value: 3.9e12, source: `${H100}, H100 NVL: 3.9 TB/s` },
    link_bandwidth: {
      value: 300e9,
      source: `${H100}, H100 NVL: NVLink bridge 600 GB/s both ways, halved; pairs of GPUs alone`,
    },
    interconnect: { value: "NVLink 4 bridge", source: `${H100}, H100 NVL` },
    tdp_w: { value: 400, source: `${H100}, H100 NVL: 350 to 400 W` },
    cost_per_hr: { value: 2.79, source: "assumption: between the PCIe and the SXM board" },
    measured_as: { value: "h100-sxm", source: "borrowed: the same generation" },
  },
  {
    name: "h200-sxm",
    aliases: ["h200", "h200-141gb", "h200-sxm-141gb"],
    peak_bf16_flops: { value: 989.5e12, source: `${H200}, H200 SXM: 1,979 TFLOPS with sparsity, halved` },
    peak_fp8_flops: { value: 1979e12, source: `${H200}, H200 SXM: 3,958 TFLOPS with sparsity, halved` },
    memory_bytes: { value: 139.8 * GIB, source: `${TOTAL}; the sheet says 141 GB` },
    memory_bandwidth: { value: 4.8e12, source: `${H200}, H200 SXM: 4.8 TB/s` },
    link_bandwidth: { value: 450e9, source: `${H200}, H200 SXM: NVLink 900 GB/s both ways, halved` },
    interconnect: { value: "NVLink 4", source: `${H200}, H200 SXM` },
    tdp_w: { value: 700, source: `${H200}, H200 SXM: up to 700 W` },
    cost_per_hr: { value: 6, source: PYTHON_PRICE },
    measured_as: { value: "h200-sxm", source: "measured itself" },
  },
] as const;
