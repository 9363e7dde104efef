/** A binary gigabyte: what drivers count in. */
export const GIB = 2 ** 30;

/** Data sheets round, and do not subtract what error correction takes. */
export const TOTAL = "total that the CUDA driver reports, which is what an engine can share out";

/** Prices are assumptions to be replaced by one's own. */
export const PYTHON_PRICE = "assumption: hardware catalog of the Python vllm-sr-sim 0.1.0";
