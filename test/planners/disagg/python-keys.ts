/** Keys of a pair of pools in the Python tool's JSON, in their order. */
export const PYTHON_KEYS = [
  "n_prefill",
  "n_decode",
  "total_gpus",
  "system_rate",
  "thru_per_gpu",
  "ttft_ms",
  "tpot_ms",
  "cost_per_hr",
  "slo_met",
] as const;
