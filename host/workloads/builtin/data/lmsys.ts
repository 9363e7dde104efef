import type { CdfData } from "../cdf-data.js";

const data: CdfData = {
  name: "lmsys",
  description: "Total tokens of LMSYS-Chat conversations, single turns",
  source: "vllm-project/semantic-router @ 3d48f8c9cc0d, src/fleet-sim/fleet_sim/data/lmsys_cdf.json",
  licence: "Apache-2.0",
  samples: 403807,
  tokens: [64, 128, 256, 512, 768, 1024, 1536, 2048, 3072, 4096, 6144, 8192, 12288, 16384, 24576, 32768, 49152, 65536],
  counts: [53076, 95277, 154447, 257761, 306079, 335427, 367004, 382924, 392850, 397242, 400934, 402406, 403255, 403510, 403668, 403724, 403742, 403807],
};

export default data;
