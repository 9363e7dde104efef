import { GIB, PYTHON_PRICE, TOTAL } from "./sources.js";

const A100 = "NVIDIA A100 Tensor Core GPU data sheet (2021)";
const A100_40 = "NVIDIA A100 Tensor Core GPU data sheet (2020)";
const A10G = "NVIDIA A10G data sheet (2021), the GPU of Amazon EC2 G5, not the A10, which has 125 TFLOPS";
const L4 = "NVIDIA L4 Tensor Core GPU data sheet (2023)";
const L40S = "NVIDIA L40S data sheet (2023)";
const ADA = "NVIDIA Ada GPU architecture whitepaper (2022), GeForce RTX 4090";
const PCIE_4 = "PCIe Gen4 x16, 64 GB/s both ways, halved";
const SXM_PRICE = "assumption: as the 80 GB SXM board less a share for memory and link";

/** GPUs of the generations Ampere and Ada. */
export const AMPERE_AND_ADA = [
  {
    name: "a100-sxm-80gb",
    aliases: ["a100", "a100-sxm", "a100-sxm4", "a100-sxm4-80gb", "a100-80gb"],
    peak_bf16_flops: { value: 312e12, source: `${A100}: 312 TFLOPS dense` },
    memory_bytes: { value: 79.18 * GIB, source: `${TOTAL}; the sheet says 80 GB` },
    memory_bandwidth: { value: 2.039e12, source: `${A100}, A100 80GB SXM: 2,039 GB/s` },
    link_bandwidth: { value: 300e9, source: `${A100}, A100 80GB SXM: NVLink 600 GB/s both ways, halved` },
    interconnect: { value: "NVLink 3", source: `${A100}, A100 80GB SXM` },
    tdp_w: { value: 400, source: `${A100}, A100 80GB SXM: 400 W` },
    cost_per_hr: { value: 2.21, source: PYTHON_PRICE },
    measured_as: { value: "a100-sxm-80gb", source: "measured itself" },
  },
  {
    name: "a100-sxm-40gb",
    aliases: ["a100-40gb", "a100-sxm4-40gb"],
    peak_bf16_flops: { value: 312e12, source: `${A100_40}: 312 TFLOPS dense` },
    memory_bytes: { value: 39.39 * GIB, source: `${TOTAL}, from memory; the sheet says 40 GB` },
    memory_bandwidth: { value: 1.555e12, source: `${A100_40}, A100 40GB SXM: 1,555 GB/s` },
    link_bandwidth: { value: 300e9, source: `${A100_40}, A100 40GB SXM: NVLink 600 GB/s both ways, halved` },
    interconnect: { value: "NVLink 3", source: `${A100_40}, A100 40GB SXM` },
    tdp_w: { value: 400, source: `${A100_40}, A100 40GB SXM: 400 W` },
    cost_per_hr: { value: 1.29, source: "Lambda on demand, 2024, from memory" },
    measured_as: { value: "a100-sxm-80gb", source: "borrowed: the same chip with slower memory" },
  },
  {
    name: "a100-pcie-80gb",
    aliases: ["a100-pcie"],
    peak_bf16_flops: { value: 312e12, source: `${A100}: 312 TFLOPS dense` },
    memory_bytes: { value: 79.14 * GIB, source: `${TOTAL}, from memory; the sheet says 80 GB` },
    memory_bandwidth: { value: 1.935e12, source: `${A100}, A100 80GB PCIe: 1,935 GB/s` },
    link_bandwidth: {
      value: 32e9,
      source: `${A100}, A100 80GB PCIe: ${PCIE_4}; a bridge joins pairs at 300 GB/s one way`,
    },
    interconnect: { value: "PCIe Gen4 x16", source: `${A100}, A100 80GB PCIe` },
    tdp_w: { value: 300, source: `${A100}, A100 80GB PCIe: 300 W` },
    cost_per_hr: { value: 1.79, source: SXM_PRICE },
    measured_as: { value: "a100-sxm-80gb", source: "borrowed: the same chip" },
  },
  {
    name: "a100-pcie-40gb",
    aliases: [],
    peak_bf16_flops: { value: 312e12, source: `${A100_40}: 312 TFLOPS dense` },
    memory_bytes: { value: 39.39 * GIB, source: `${TOTAL}, from memory; the sheet says 40 GB` },
    memory_bandwidth: { value: 1.555e12, source: `${A100_40}, A100 40GB PCIe: 1,555 GB/s` },
    link_bandwidth: {
      value: 32e9,
      source: `${A100_40}, A100 40GB PCIe: ${PCIE_4}; a bridge joins pairs at 300 GB/s one way`,
    },
    interconnect: { value: "PCIe Gen4 x16", source: `${A100_40}, A100 40GB PCIe` },
    tdp_w: { value: 250, source: `${A100_40}, A100 40GB PCIe: 250 W` },
    cost_per_hr: { value: 1.29, source: SXM_PRICE },
    measured_as: { value: "a100-sxm-80gb", source: "borrowed: the same chip with slower memory" },
  },
  {
    name: "l40s",
    aliases: ["l40s-48gb"],
    peak_bf16_flops: { value: 362.05e12, source: `${L40S}: 362.05 TFLOPS dense` },
    peak_fp8_flops: { value: 733e12, source: `${L40S}: 733 TFLOPS dense` },
    memory_bytes: { value: 44.39 * GIB, source: `${TOTAL}; the sheet says 48 GB` },
    memory_bandwidth: { value: 864e9, source: `${L40S}: 864 GB/s` },
    link_bandwidth: { value: 32e9, source: `${L40S}: ${PCIE_4}` },
    interconnect: { value: "PCIe Gen4 x16", source: L40S },
    tdp_w: { value: 350, source: `${L40S}: 350 W` },
    cost_per_hr: { value: 1.8, source: PYTHON_PRICE },
    measured_as: { value: "l40s", source: "measured itself" },
  },
  {
    name: "l4",
    aliases: ["l4-24gb"],
    peak_bf16_flops: { value: 121e12, source: `${L4}: 242 TFLOPS with sparsity, halved` },
    peak_fp8_flops: { value: 242.5e12, source: `${L4}: 485 TFLOPS with sparsity, halved` },
    memory_bytes: { value: 22.03 * GIB, source: `${TOTAL}; the sheet says 24 GB` },
    memory_bandwidth: { value: 300e9, source: `${L4}: 300 GB/s` },
    link_bandwidth: { value: 32e9, source: `${L4}: ${PCIE_4}` },
    interconnect: { value: "PCIe Gen4 x16", source: L4 },
    tdp_w: { value: 72, source: `${L4}: 72 W` },
    cost_per_hr: { value: 0.805, source: "g6.xlarge on demand, us-east-1, 2024" },
    measured_as: { value: "l40s", source: "borrowed: the same generation" },
  },
  {
    name: "a10g",
    aliases: ["a10g-24gb"],
    peak_bf16_flops: { value: 70e12, source: `${A10G}: 70 TFLOPS dense` },
    memory_bytes: { value: 22.03 * GIB, source: `${TOTAL}; the sheet says 24 GB` },
    memory_bandwidth: { value: 600e9, source: `${A10G}: 600 GB/s` },
    link_bandwidth: { value: 32e9, source: `${A10G}: ${PCIE_4}` },
    interconnect: { value: "PCIe Gen4 x16", source: A10G },
    tdp_w: { value: 300, source: `${A10G}: 300 W` },
    cost_per_hr: { value: 1.006, source: "g5.xlarge on demand, us-east-1, 2024" },
    measured_as: { value: "a100-sxm-80gb", source: "borrowed: the same generation" },
  },
  {
    name: "rtx-4090",
    aliases: ["4090", "geforce-rtx-4090"],
    peak_bf16_flops: { value: 165.2e12, source: `${ADA}: 165.2 TFLOPS dense, summed up in fp32` },
    peak_fp8_flops: { value: 330.3e12, source: `${ADA}: 330.3 TFLOPS dense, summed up in fp32` },
    memory_bytes: { value: 23.64 * GIB, source: `${TOTAL}, from memory; the whitepaper says 24 GB` },
    memory_bandwidth: { value: 1.008e12, source: `${ADA}: 1,008 GB/s` },
    link_bandwidth: { value: 32e9, source: `${ADA}: ${PCIE_4}` },
    interconnect: { value: "PCIe Gen4 x16", source: ADA },
    tdp_w: { value: 450, source: `${ADA}: 450 W` },
    cost_per_hr: { value: 0.69, source: "assumption: RunPod on demand, 2024, from memory" },
    measured_as: { value: "l40s", source: "borrowed: the same generation" },
  },
] as const;
