import type { CdfData } from "../cdf-data.js";

const data: CdfData = {
  name: "agent_heavy",
  description: "Synthetic agent traffic, no measurement: 35 % RAG (median 1,800 tokens), 40 % SWE-bench (10,000), 25 % BFCL (3,000)",
  source: "vllm-project/semantic-router @ 3d48f8c9cc0d, src/fleet-sim/fleet_sim/data/agent_heavy_cdf.json; drawn from a mixture of length distributions after SWE-bench (Jimenez et al., 2024), BFCL (Yan et al., 2024) and RAG (Lewis et al., 2020), seed 42",
  licence: "Apache-2.0",
  samples: 100000,
  tokens: [64, 128, 256, 512, 768, 1024, 1536, 2048, 3072, 4096, 6144, 8192, 12288, 16384, 24576, 32768, 49152, 65536],
  counts: [0, 0, 7, 407, 2237, 5757, 15871, 26459, 43163, 53802, 65987, 74042, 85213, 91717, 97282, 99046, 99849, 100000],
};

export default data;
