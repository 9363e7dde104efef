import type { CdfData } from "../cdf-data.js";

const data: CdfData = {
  name: "azure",
  description: "Total tokens of Azure LLM inference 2023, conversation and code services pooled",
  source: "vllm-project/semantic-router @ 3d48f8c9cc0d, src/fleet-sim/fleet_sim/data/azure_cdf.json; pooled from the Azure LLM inference traces 2023 (CC-BY-4.0; Patel et al., Splitwise, ISCA 2024): 19,366 conversation and 8,819 code requests",
  licence: "Apache-2.0 AND CC-BY-4.0",
  samples: 28185,
  tokens: [64, 128, 256, 512, 768, 1024, 1536, 2048, 3072, 4096, 6144, 8192, 12288, 16384, 24576, 32768, 49152, 65536],
  counts: [236, 794, 1905, 8135, 10267, 11400, 18514, 21980, 24483, 25316, 27503, 28184, 28184, 28185, 28185, 28185, 28185, 28185],
};

export default data;
