import type { CdfData } from "../cdf-data.js";
import lmsys from "./lmsys.js";

const data: CdfData = {
  ...lmsys,
  name: "lmsys_multiturn",
  description: "The same figures as lmsys, so single-turn data in spite of the name: the two files are byte-identical",
  source: "vllm-project/semantic-router @ 3d48f8c9cc0d, src/fleet-sim/fleet_sim/data/lmsys_multiturn_cdf.json",
};

export default data;
