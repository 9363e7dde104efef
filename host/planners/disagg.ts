export {
  disaggConstant as disagg,
  DISAGG_DEFAULTS,
  DEFAULT_MAX_RHO,
  MAX_WORKERS,
  type DisaggConstantOptions as DisaggOptions,
  type DisaggConstantPoint as DisaggPoint,
  type DisaggConstantResult as DisaggResult,
  type DisaggWorker,
} from "./disagg/constant-method.js";
